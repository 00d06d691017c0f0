"""What an ignore comment silences: one line, the rules it names, and nothing without a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.running import Run
from text2llm.commands import validate
from text2llm.workspace import Workspace

CONFIG = """\
version: 1
agents:
  defaults:
    model:
      primary: opsu{beside}
{above}      fallbacks: [openai/gpt-5.4-mini, something]
"""


def find_rules(text: str, *files: tuple[str, str]) -> list[tuple[int, str]]:
    for name, content in (("text2llm.yaml", text), *files):
        Path(name).write_text(content)
    request = validate.CheckRequest(("text2llm.yaml", *(name for name, _ in files)))
    return [(each.location.line, each.rule) for each in validate.run(Workspace(os.environ), request).findings]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("beside", "above", "found"),
    [
        ("", "", [(5, "bare-reference"), (6, "bare-reference")]),
        ("  # text2llm: ignore[bare-reference] until the move", "", [(6, "bare-reference")]),
        ("", "      #text2llm:ignore[bare-reference]until the move\n", [(5, "bare-reference")]),
        ("", "# text2llm: ignore[bare-reference] why\n\n   # more\n", [(5, "bare-reference")]),
        (" # said: # text2llm: ignore[bare-reference] why", "", [(6, "bare-reference")]),
        (" # text2llm: ignored[bare-reference] why", "", [(5, "bare-reference"), (6, "bare-reference")]),
    ],
)
def test_comment_silences_its_line_or_the_next(beside: str, above: str, found: list[tuple[int, str]]) -> None:
    assert find_rules(CONFIG.format(beside=beside, above=above)) == found


def test_comment_behind_the_sign_of_a_block_is_heeded_and_one_inside_is_text() -> None:
    text = CONFIG.format(beside="", above="")
    block = ">-  # text2llm: ignore[bare-reference] why\n        opsu"
    assert find_rules(text.replace("opsu", block)) == [(7, "bare-reference")]
    inside = ">-\n        opsu # text2llm: ignore[schema] why"
    assert find_rules(text.replace("opsu", inside)) == [(5, "schema")]


def test_comment_of_an_agent_file_is_heeded_there() -> None:
    root = "version: 1\ninclude: [a.yaml]\n"
    agent = "id: a\nmodel: opsu  # text2llm: ignore[bare-reference] a nickname\n"
    assert find_rules(root, ("a.yaml", agent)) == []


def test_comment_in_a_file_with_other_errors_is_not_called_unused() -> None:
    broken = CONFIG.format(beside=" # text2llm: ignore[bare-reference] why", above="") + "typo: 1\n"
    assert find_rules(broken) == [(7, "schema")]


def test_crlf_and_a_missing_final_newline_change_nothing() -> None:
    text = CONFIG.format(beside="  # text2llm: ignore[bare-reference] why", above="").replace("\n", "\r\n").rstrip()
    assert find_rules(text) == [(6, "bare-reference")]


def test_comment_behind_the_dash_is_about_the_item_below() -> None:
    dash = "-  # text2llm: ignore[bare-reference] why\n          something"
    text = CONFIG.format(beside="", above="").replace(
        "[openai/gpt-5.4-mini, something]", f"\n        - openai/gpt-5.4-mini\n        {dash}"
    )
    assert find_rules(text) == [(5, "bare-reference")]


def test_comment_above_the_beginning_of_the_document_is_about_its_first_line() -> None:
    assert find_rules("# text2llm: ignore[schema] why\n--- # begins\nversion: 1\n") == [(1, "invalid-ignore")]
    unused = "# text2llm: ignore[bare-reference] why\n---\n{version: 1, agents: {defaults: {model: opsu}}}\n"
    assert find_rules(unused) == []


def test_a_rule_of_any_length_is_told_in_a_few_words() -> None:
    Path("text2llm.yaml").write_text(f"version: 1 # text2llm: ignore[{'x' * 900}] why\n")
    validation = validate.run(Workspace(os.environ), validate.CheckRequest(("text2llm.yaml",)))
    assert [len(each.message) for each in validation.findings] == [80]


def test_a_rule_that_is_taken_out_of_a_comment_leaves_the_end_of_another(run: Run) -> None:
    comment = "# text2llm: ignore[bare-reference until 2027-01-31, unknown-model] y"
    Path("text2llm.yaml").write_text(f"version: 1\nagents:\n  defaults:\n    model: opsu  {comment}\n")
    assert run("validate", "--fix").code == 0
    assert "ignore[bare-reference until 2027-01-31] y\n" in Path("text2llm.yaml").read_text()
