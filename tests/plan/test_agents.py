"""`models agents`: add and remove agents, with the lines around them as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Run

CONFIG = """version: 1
include: [agents/*.yaml]
agents:
  defaults: {model: openai/gpt-5.2, models: {openai/gpt-5.2: {alias: big}}}
  entries:
    # writes code
    Coder:  # since May
      model: big
    boss: {default: true}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "text2llm.yaml"
    path.write_text(CONFIG)
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "own.yaml").write_text("id: own\n")
    return path


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("Helper", "    helper: {}\n"),
        ("helper --model big", "    helper: {model: openai/gpt-5.2}\n"),
        ("helper --model gpt-5.2 --force", "    helper: {model: anthropic/gpt-5.2}\n"),
    ],
)
def test_agent_is_added(run: Run, config: Path, command: str, line: str) -> None:
    assert run("models", "agents", "add", *command.split()).code == 0
    assert config.read_text() == CONFIG + line


def test_model_that_is_known_to_be_wrong_is_refused(run: Run, config: Path) -> None:
    done = run("models", "agents", "add", "helper", "--model", "gpt-5.2")
    assert "run `text2llm models agents add helper --model openai/gpt-5.2`" in done.err
    assert config.read_text() == CONFIG


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("add coder", "text2llm.yaml:7:5: there is an agent 'coder' already"),
        ("add own", "agents/own.yaml:1:1: there is an agent 'own' already"),
        ("add .x", "invalid agent id"),
        ("remove codr", "did you mean 'coder'?"),
        ("remove own", "hint: remove that file: `git rm agents/own.yaml`"),
        ("remove boss", "text2llm.yaml:9:12: 'boss' is the default agent"),
    ],
)
def test_what_is_refused(run: Run, config: Path, command: str, message: str) -> None:
    done = run("models", "agents", *command.split())
    assert (done.code, message in done.err) == (1, True)
    assert config.read_text() == CONFIG


def test_agent_is_removed_with_its_lines(run: Run, config: Path) -> None:
    assert run("models", "agents", "remove", "CODER").code == 0
    assert config.read_text() == CONFIG.replace("    Coder:  # since May\n      model: big\n", "")


def test_default_agent_without_settings_cannot_be_removed(run: Run, config: Path) -> None:
    config.write_text("version: 1\n")
    assert "the agent 'main' has no settings of its own" in run("models", "agents", "remove", "main").err


def test_a_command_about_a_path_is_safe_to_paste(run: Run, config: Path) -> None:
    config.write_text("version: 1\ninclude: ['my agents/*.yaml']\n")
    (config.parent / "my agents").mkdir()
    (config.parent / "my agents" / "x.yaml").write_text("id: x\n")
    assert "`git rm 'my agents/x.yaml'`" in run("models", "agents", "remove", "x").err
