"""Packages of npm that tests run with Node, each pinned by a `package-lock.json` in a folder of its own."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

_OLDEST_NODE = 20


def require_packages(folder: Path, proof: str) -> None:
    """Install what the lock file of a folder pins, once for all workers and runs; ``proof`` is what is tested with it.

    Without Node these tests are skipped, and say so: `.ci/run` installs it where it can, and warns where it cannot. An
    installation that fails is another thing: in CI it fails, or a broken registry would switch these proofs off unseen.
    """
    if shutil.which("npm") is None or _node_version() < _OLDEST_NODE:
        pytest.skip(f"Node {_OLDEST_NODE} and npm are not installed: {proof} NOT tested")
    lock_file, stamp = folder / "package-lock.json", folder / "node_modules" / ".installed"
    wanted = hashlib.sha256(lock_file.read_bytes()).hexdigest()
    with lock_file.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            _install(folder, proof)
            stamp.write_text(wanted)


def _node_version() -> int:
    done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    matched = re.match(r"v(\d+)\.", done.stdout)
    return int(matched[1]) if matched else 0


def _install(folder: Path, proof: str) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode == 0:
        return
    message = f"`npm ci` failed: {proof} NOT tested\n{done.stderr[-2000:]}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
