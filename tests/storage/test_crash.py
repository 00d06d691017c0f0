"""Killed, or out of space, at any write, sync or rename: the file is the old one or the new one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

OLD = "version: 1\nagents:\n  defaults:\n    model: anthropic/claude-opus-4-5 # kept\n"
NEW = OLD.replace("anthropic/claude-opus-4-5", "openai/gpt-5.2")
CALLS = ("write", "fsync", "renameat")
MOST = 40

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed: crashes are NOT tested"),
]


def edit_under_strace(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = [str(Path(sys.executable).parent / "text2llm"), "models", "set", "openai/gpt-5.2"]
    command = ["strace", "-f", "-qq", "-o", str(folder / "trace"), *options, *program]
    # Coverage would write, sync and rename files of its own, and so would Python where no bytecode is kept yet.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def leftovers(folder: Path) -> list[Path]:
    return list(folder.glob(".*.text2llm-tmp"))


def count_calls(folder: Path, call: str) -> int:
    (folder / "text2llm.yaml").write_text(OLD)
    edit_under_strace(folder, "-e", f"trace={call}")
    assert (folder / "text2llm.yaml").read_text() == NEW
    return len(re.findall(rf"\b{call}\(", (folder / "trace").read_text()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text2llm.yaml").write_text(OLD)
    return tmp_path


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", ["signal=KILL", "error=ENOSPC"])
def test_fault_at_any_call_leaves_the_old_or_the_new_file(folder: Path, call: str, fault: str) -> None:
    config = folder / "text2llm.yaml"
    calls = count_calls(folder, call)
    assert 0 < calls < MOST
    for number in range(1, calls + 1):
        config.write_text(OLD)

        done = edit_under_strace(folder, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}")

        assert config.read_text() in {OLD, NEW}, f"{call} {number}"
        assert "Traceback" not in done.stderr
        if fault == "error=ENOSPC":
            assert leftovers(folder) == []

    assert edit_under_strace(folder).returncode == 0
    assert config.read_text() == NEW
    assert leftovers(folder) == []
