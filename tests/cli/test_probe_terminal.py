"""``text2llm probe`` and ``models status --probe`` at a real terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.pseudo_terminal import open_terminal
from text2llm.sandbox.server import Sandbox, serve

CONFIG = """version: 1
agents: {{defaults: {{model: {{primary: lab/large, fallbacks: [slow/one]}}}}}}
models:
  providers:
    lab: {{api: openai-completions, baseUrl: "{url}/v1", apiKey: sandbox-escapes, models: [{{id: large}}]}}
    slow: {{api: openai-completions, baseUrl: "{url}/v1", apiKey: sandbox-hang, models: [{{id: one}}]}}
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


@pytest.fixture(autouse=True)
def config(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXT2LLM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text2llm.yaml").write_text(CONFIG.format(url=sandbox.url))


@pytest.mark.parametrize(
    ("arguments", "code", "first"),
    [
        ("probe --timeout 60000", 130, "Gate: interrupted: 0 of 1 required routes proven, 1 failed, 2 probes ("),
        ("models status --probe --probe-timeout 60000 --no-usage", 130, "Config "),
    ],
)
def test_ctrl_c_leaves_what_is_known_and_no_line_of_progress(arguments: str, code: int, first: str) -> None:
    with open_terminal(*arguments.split(), NO_COLOR="1") as terminal:
        terminal.expect("probing 1/2: ")
        terminal.type("\x03")
        assert terminal.finish() == code
    shown = terminal.shown.rpartition("\r\x1b[K")[2]
    assert shown.startswith(first), terminal.shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("arguments", ["probe --timeout 2000", "models status --probe --probe-timeout 2000 --no-usage"])
def test_narrow_terminal_gets_whole_words(arguments: str) -> None:
    with open_terminal(*arguments.split(), columns="40", NO_COLOR="1") as terminal:
        terminal.finish()
    lines = terminal.shown.rpartition("\r\x1b[K")[2].split("\r\n")
    too_long = [line for line in lines if len(line) > 40 and " " in line.strip()]
    assert [line for line in too_long if "text2llm.yaml" not in line and "/agent" not in line] == []
    assert "    hint: replace the credential with" in lines
    assert "    one that lab issued and did not" in lines
