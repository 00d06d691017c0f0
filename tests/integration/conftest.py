"""The project as its users have it: a repository to install from, and repositories whose commits are checked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PERSON = {
    f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "A"), ("EMAIL", "a@b.c"))
}
Call = Callable[..., subprocess.CompletedProcess[str]]


class Project(NamedTuple):
    """A repository with the working tree of this project, and its commit."""

    folder: Path
    commit: str

    @property
    def source(self) -> str:
        """How ``init --source`` names it."""
        return f"git+file://{self.folder}@{self.commit}"


def call_in(folder: Path, **environ: str) -> Call:
    """Run programs in a folder, as a person whose pre-commit keeps its things in a folder of the test."""
    tools = str(Path(sys.executable).parent)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    merged = {**clean, **PERSON, "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": path, **environ}

    def call(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=folder, env=merged, capture_output=True, text=True, check=False)

    return call


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("project")
    listed = call_in(ROOT)("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    call = call_in(folder)
    for arguments in (("init", "-q"), ("add", "--all"), ("commit", "-q", "-m", "project")):
        assert call("git", *arguments).returncode == 0
    return Project(folder, call("git", "rev-parse", "HEAD").stdout.strip())


@pytest.fixture(scope="session")
def hooks_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the hooks that it has installed."""
    return tmp_path_factory.mktemp("hooks")
