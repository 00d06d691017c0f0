"""Edits ask all policies: one that brings in a model that breaks one is refused, wherever it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Run
from text2llm.auth.reading import Reading
from text2llm.commands import edit
from text2llm.edit.change import Action, DataChange
from text2llm.errors import EditError
from text2llm.plan.edits import EditOutcome
from text2llm.workspace import Workspace

CONFIG = """\
version: 1
agents:
  defaults:
    model: {primary: openai/gpt-5.2-pro, fallbacks: []}
  entries:
    coder:
      model: {primary: anthropic/claude-opus-4-5, fallbacks: []}
      policy:
        providers: {allow: [anthropic]}
policy:
  price: {input: 5}
"""
REFUSED = (
    "text2llm.yaml:7:24: this edit would cause an error: openai/gpt-5.2 is a model of openai, which is not allowed"
    " (the policy of agent coder, text2llm.yaml:9:21) (policy-providers)"
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "text2llm.yaml"
    path.write_text(CONFIG)
    return path


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("set", "--agent", "coder", "openai/gpt-5.2"), REFUSED),
        (("set-image", "openai/gpt-5.2-pro"), "openai/gpt-5.2-pro costs $21 per million input tokens"),
        (("fallbacks", "add", "openai/gpt-5.4-pro"), "openai/gpt-5.4-pro costs"),
        (("fallbacks", "add", "--agent", "coder", "openai/gpt-5.2-pro"), "(policy-price)"),
        (("set", "openai/gpt-4"), "costs $30"),
    ],
)
def test_an_edit_that_breaks_a_policy_is_refused(
    command: tuple[str, ...], says: str, config: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.parent)
    done = run("models", *command)
    assert (done.code, says in done.err, config.read_text()) == (1, True, CONFIG), done.err


def test_what_broke_a_policy_before_does_not_stop_an_edit_whose_lines_move_it(config: Path, run: Run) -> None:
    done = run("models", "fallbacks", "add", "--agent", "coder", "anthropic/claude-sonnet-4-5", "--config", str(config))
    assert done.code == 0, done.err
    assert run("models", "aliases", "add", "big", "openai/gpt-5.2", "--config", str(config)).code == 0
    assert run("models", "set", "openai/gpt-5.2", "--config", str(config)).code == 0


@pytest.mark.parametrize("force", [False, True])
def test_a_retired_model_is_brought_in_by_force_alone(tmp_path: Path, *, force: bool) -> None:
    path = tmp_path / "text2llm.yaml"
    path.write_text("version: 1\n")

    def change(_reading: Reading) -> EditOutcome:
        pointer = ("agents", "defaults", "model")
        return EditOutcome((DataChange(Action.SET, pointer, "openai/gpt-4"),), force=force)

    request = edit.EditRequest(change, write=False)
    if not force:
        with pytest.raises(EditError, match=r"openai/gpt-4 has not been served since 2026-10-23 \(retired-model\)"):
            edit.run(Workspace({}, str(path)), request)
    else:
        notes = edit.run(Workspace({}, str(path)), request).notes
        assert [note.rule for note in notes] == ["retired-model"]


def test_the_command_takes_a_retired_model_with_force_and_a_saved_plan_keeps_it(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "text2llm.yaml"
    path.write_text("version: 1\n")
    done = run("models", "set", "openai/gpt-4", "--config", str(path))
    assert (done.code, "(retired-model)" in done.err, "; --force insists\n" in done.err) == (1, True, True)
    saved = ("--out", str(tmp_path / "plan.json"))
    assert run("models", "set", "openai/gpt-4", "--force", "--config", str(path), *saved).code == 0
    assert run("apply", "--yes", str(tmp_path / "plan.json")).code == 0
    assert "openai/gpt-4" in path.read_text()
