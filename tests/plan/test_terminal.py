"""A saved plan on a real terminal: the diff, a question, and what the answer does."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import Run

CONFIG = "version: 1\nagents:\n  defaults:\n    model: anthropic/claude-opus-4-5 # kept\n"


@pytest.mark.parametrize(
    ("answer", "code", "model"),
    [(b"y\n", 0, "openai/gpt-5.2"), (b"n\n", 1, "anthropic/claude-opus-4-5"), (b"\n", 1, "anthropic/claude-opus-4-5")],
)
def test_apply_asks_and_obeys(run: Run, tmp_path: Path, answer: bytes, code: int, model: str) -> None:
    config = tmp_path / "text2llm.yaml"
    config.write_text(CONFIG)
    assert run("models", "set", "openai/gpt-5.2", "--out", "p.json").code == 0
    keyboard, terminal = pty.openpty()

    program = [str(Path(sys.executable).parent / "text2llm"), "apply", "p.json"]
    process = subprocess.Popen(program, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    os.write(keyboard, answer)
    shown, asked = process.communicate(timeout=30)
    os.close(keyboard)
    os.close(terminal)

    assert process.returncode == code
    assert b"+    model: openai/gpt-5.2 # kept" in shown
    assert b"apply this plan?" in asked.lower()
    assert config.read_text() == CONFIG.replace("anthropic/claude-opus-4-5", model)
