"""Edits of many processes at once: each waits for its turn, and all land."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROCESSES, EDITS = 8, 50
START = """version: 1
agents:
  defaults:
    model:
      primary: anthropic/claude-opus-4-5 # kept
      fallbacks: []
"""
WORKER = """
import sys
from text2llm.cli.boundary import run_guarded
from text2llm.cli.main import main
worker, edits = sys.argv[1], int(sys.argv[2])
sys.exit(max(run_guarded(main, ["models", "fallbacks", "add", f"lab/w{worker}-{n}"]) for n in range(edits)))
"""


@pytest.mark.slow
def test_all_parallel_edits_land(tmp_path: Path) -> None:
    config = tmp_path / "text2llm.yaml"
    provider = "models:\n  providers:\n    lab: {api: openai-completions, baseUrl: 'http://127.0.0.1:9/v1'}\n"
    config.write_text(START + provider)

    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(number), str(EDITS)],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
        )
        for number in range(PROCESSES)
    ]

    assert [worker.wait(timeout=300) for worker in workers] == [0] * PROCESSES
    lines = [line.strip() for line in config.read_text().splitlines()]
    wanted = {f"- lab/w{worker}-{edit}" for worker in range(PROCESSES) for edit in range(EDITS)}
    assert {line for line in lines if line.startswith("- ")} == wanted
    assert len(lines) == len(START.splitlines()) + len(wanted) + 3
    assert "primary: anthropic/claude-opus-4-5 # kept" in lines
