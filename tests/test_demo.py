"""The story that a newcomer sees runs to its end, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[1] / "tools" / "demo.sh"


@pytest.mark.slow
def test_demo_tells_its_story(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TMPDIR": str(tmp_path), "ANTHROPIC_API_KEY": "never-to-be-used"}
    done = subprocess.run(
        ["bash", str(DEMO)], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("\nThat was text2llm. Next: .venv/bin/text2llm --help, README.md\n")
    assert re.findall(r"^Gate: .*probes", done.stdout, re.MULTILINE) == [
        "Gate: failed: 1 of 4 required routes proven, 2 failed, 1 inconclusive, 4 probes",
        "Gate: passed: 3 of 3 required routes proven, 3 probes",
    ]
    assert list(tmp_path.iterdir()) == []
