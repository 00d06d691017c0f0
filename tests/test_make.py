"""The targets that contributors type."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.git.repository import Repo

ROOT = Path(__file__).parents[1]


def say(*arguments: str) -> str:
    """What make would do."""
    environ = {"PATH": os.environ["PATH"]}  # not the variables of the make that runs the tests
    command = ["make", "--dry-run", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout


def test_the_slowest_tests_are_named_on_request() -> None:
    assert "--durations" not in say("test")
    assert "--durations=10" in say("test", "SLOWEST=10")
    assert "--durations=10" in say("cover", "SLOWEST=10")


def test_an_environment_that_another_installer_made_is_completed_before_the_program_goes_in() -> None:
    assert "installing requirements/dev.txt into" in say("--what-if=pyproject.toml", "setup")


def test_a_wish_for_hashes_does_not_keep_the_program_out() -> None:
    (line,) = [line for line in say("--always-make", "setup").splitlines() if "--editable ." in line]
    assert line.startswith("PIP_REQUIRE_HASHES=0 ")


def test_a_distribution_of_changed_files_is_told_as_one(tmp_path: Path) -> None:
    Repo(tmp_path).commit()
    (tmp_path / "new.txt").touch()
    command = ["bash", str(ROOT / "tools" / "dist.sh"), "no-such-environment"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("WARNING: dist/ contains uncommitted changes:\n?? new.txt\n")
