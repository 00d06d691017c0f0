"""Every pair under fixtures/fixes: what a fix makes of a file, and that only the finding goes.

A case is filed under its rule; one whose name begins with ``safe-`` is fixed by ``--fix``, another by ``--fix RULE``.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from text2llm.commands import validate
from text2llm.commands.validate import CheckRequest, Validation
from text2llm.plan.fixing import FixChoice
from text2llm.rules.explain import list_explanations
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
