"""A narrow terminal: its edge cuts no word of what a command shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.pseudo_terminal import open_terminal
from tests.git.repository import Repo

COLUMNS = 60
CONFIG = """version: 1
agents:
  defaults:
    model: {primary: anthropic/claude-opus-4-5, fallbacks: [openai/gpt-5.2, lab/a-model-with-a-rather-long-name]}
    imageModel: openai/gpt-5.2
    models: {anthropic/claude-opus-4-5: {alias: opus}, openai/gpt-5.2: {alias: the-other-one}}
  entries: {coder: {model: lab/small}, writer: {model: opus}}
models:
  providers:
    lab: {api: openai-completions, baseUrl: "https://gw.corp.example/v1", apiKey: "${LAB_KEY}", models: [{id: small}]}
"""
READS = [
    "models status",
    "models status --agent coder",
    "models status --check",
    "models list",
    "models list --all --provider anthropic",
    "models fallbacks list",
    "models aliases list",
    "models auth list",
    "models auth order get --provider anthropic",
    "models auth refresh",
    "explain coder",
    "explain opus",
    "explain lab",
    "explain agents.defaults.model.primary",
    "rule",
    "rule fallback-same-provider",
    "rule retired-model",
    "plugins list",
    "trust list",
    "trust list --all",
    "schema",
    "sandbox --list",
    "validate",
    "validate --strict text2llm.yaml none.yaml",
    "diff HEAD",
    "probe --free",
    "plan wanted.yaml",
    "models status --agent a-name-that-no-agent-in-this-configuration-has",
    "models statu",
    "models auth logout --provider lab",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repo = Repo(tmp_path_factory.mktemp("narrow"))
    repo.write(text2llm=CONFIG.replace("claude-opus-4-5", "claude-haiku-4-5"))
    repo.commit()
    repo.write(text2llm=CONFIG, wanted="agents: {defaults: {model: {primary: openai/gpt-5.2}}}\n")
    agent = repo.path / "agent"
    agent.mkdir(mode=0o700)
    profile = {"type": "oauth", "provider": "anthropic", "access": "at-1", "refresh": "rt-1", "expires": 1}
    store = agent / "auth-profiles.json"
    store.write_text(json.dumps({"version": 1, "profiles": {"anthropic:a-long-name-of-a-profile": profile}}))
    store.chmod(0o600)
    return repo.path


@pytest.mark.parametrize("command", READS)
def test_the_edge_cuts_no_word(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LAB_KEY", "a1B2c3D4-e5F6g7H8")
    with open_terminal(
        *command.split(), columns=str(COLUMNS), TEXT2LLM_AGENT_DIR=str(folder / "agent"), CI="true"
    ) as terminal:
        terminal.finish()
    # A file is shown as it is.
    lines = re.sub(r"\x1b\[[0-9;]*[mK]", "", terminal.shown).split("\r\n")
    assert [line for line in map(_find_screen_line, lines) if _is_cut(line)] == []


def _find_screen_line(line: str) -> str:
    """What is left of a line after progress was shown on it."""
    return line.rpartition("\r")[2]


def _is_cut(line: str) -> bool:
    """Whether a word crosses the edge that a line of its own would have held, or that is not the only one there."""
    words = [(found.start(), found.end()) for found in re.finditer(r"\S+", line)]
    (start, end) = words[-1] if words else (0, 0)
    is_first = start == 0 or line[max(start - 2, 0) : start].isspace() or line[:start].strip() == "*"
    return "{" not in line and end > COLUMNS and not (is_first and start < COLUMNS)
