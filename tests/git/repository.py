"""Real git repositories, made for one test."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

CONFIG = "version: 1\nagents: {defaults: {model: %s}}\n"
_IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@corp.example",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@corp.example",
}


class Repo:
    """A repository with a working tree in ``path``."""

    def __init__(self, path: Path, *options: str) -> None:
        self.path = path
        path.mkdir(exist_ok=True, parents=True)
        self.git("init", "--quiet", "--initial-branch=main", *options)

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run git as its user would, without the settings of this machine."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environ = {**clean, **_IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        done = subprocess.run(command, cwd=self.path, env=environ, input=stdin, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def write(self, **files: str) -> None:
        """Write files, ``__`` in a name being a slash; names without a suffix are YAML files."""
        for name, text in files.items():
            path = self.path / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())

    def commit(self, message: str = "x") -> str:
        """Commit the whole working tree; the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")
