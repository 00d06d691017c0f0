"""Every pair under fixtures/fixes: what a fix makes of a file, and that only the finding goes.

A case is filed under its rule; one whose name begins with ``safe-`` is fixed by ``--fix``, another by ``--fix RULE``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from text2llm.auth.reading import Reading, read_meaning
from text2llm.commands import validate
from text2llm.commands.validate import CheckRequest, Validation
from text2llm.config.load import load_file
from text2llm.diagnostics import Severity
from text2llm.fix import Fix, FixStep
from text2llm.plan.fixing import FixChoice
from text2llm.providers.registry import load_registry
from text2llm.rules.explain import list_explanations
from text2llm.rules.rule import Finding, Rule
from text2llm.rules.run import run_rules
from text2llm.workspace import Workspace

FIXTURES = Path(__file__).parents[2] / "fixtures" / "fixes"
CASES = sorted(FIXTURES.glob("*/*.before.yaml"))


def fix(*files: str, choice: FixChoice, write: bool = True) -> Validation:
    return validate.run(Workspace(os.environ), CheckRequest(files, fix=choice, write=write))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.name.partition('.')[0]}")
def test_fix_changes_what_it_says(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(path, "text2llm.yaml")
    rule, name = path.parent.name, path.name.removesuffix(".before.yaml")
    choice = FixChoice(safe=True) if name.startswith("safe-") else FixChoice(safe=False, rules=frozenset({rule}))
    done = fix("text2llm.yaml", choice=choice)
    assert done.fixed is not None
    assert Path("text2llm.yaml").read_text() == path.with_name(f"{name}.after.yaml").read_text()
    refused = "".join(f"{each.finding.rule}: {each.reason}\n" for each in done.fixed.refused)
    expected = path.with_name(f"{name}.refused.txt")
    assert refused == (expected.read_text() if expected.exists() else "")
    assert bool(done.fixed.made) == (path.read_text() != Path("text2llm.yaml").read_text())
    left = {each.finding for each in done.fixed.refused}
    assert [each for each in done.findings if choice.find(each) and each not in left] == []
    again = fix("text2llm.yaml", choice=choice)
    assert again.fixed is not None
    assert again.fixed.made == ()


def test_every_rule_with_a_fix_has_a_case() -> None:
    assert {each.id for each in list_explanations() if each.has_fix} == {path.parent.name for path in CASES}


def test_a_fix_of_two_files_is_none(tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(
        "version: 1\ninclude: [x.yaml]\nagents: {defaults: {model: openai/gpt-5.2}}\n"
    )
    (tmp_path / "x.yaml").write_text("id: x\nmodel: openai/gpt-5.2\n")
    config = load_file(str(tmp_path / "text2llm.yaml")).require()
    agent, own = ("agents", "entries", "x", "model"), ("agents", "defaults", "model")

    def check(_: Reading) -> Iterator[Finding]:
        steps = [FixStep("remove", pointer) for pointer in (agent, own)]
        yield from (Finding(agent, "m", fix=Fix("", tuple(each))) for each in (steps[:1], steps))

    rule = Rule("x", Severity.ERROR, "", "", check)
    found = run_rules([rule], read_meaning(config, load_registry()), {}, config.locate)
    assert [each.fix and [step.pointer for step in each.fix.steps] for each in found] == [[("model",)], None]
