"""The targets that contributors type."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def say(*arguments: str) -> str:
    """What make would do."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--dry-run", "--no-print-directory", *arguments]
    return subprocess.run(
        command, cwd=Path(__file__).parents[1], env=environ, capture_output=True, text=True, check=True
    ).stdout


def test_the_slowest_tests_are_named_on_request() -> None:
    assert "--durations" not in say("test")
    assert "--durations=10" in say("test", "SLOWEST=10")
    assert "--durations=10" in say("cover", "SLOWEST=10")
