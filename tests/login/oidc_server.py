"""The real OpenID provider of these tests: npm `oidc-provider` in a process of its own, on loopback."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import ProxyHandler, build_opener

import pytest

FOLDER = Path(__file__).parent / "oidc"
_LOCK_FILE = FOLDER / "package-lock.json"
_STAMP = FOLDER / "node_modules" / ".installed"
_OLDEST_NODE = 20
_OPENER = build_opener(ProxyHandler({}))


class Provider(NamedTuple):
    """A provider that runs."""

    port: int

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str) -> dict[str, int]:
        """What `/stats` and `/hold` answer: how often what happened."""
        with _OPENER.open(f"{self.issuer}{path}", timeout=10) as answer:
            found: dict[str, int] = json.load(answer)
            return found


def require_packages() -> None:
    """Install what `package-lock.json` pins, once for all workers and runs.

    Without Node these tests are skipped, and say so: `.ci/run` installs it where it can, and warns where it cannot. An
    installation that fails is another thing: in CI it fails, or a broken registry would switch these proofs off unseen.
    """
    if shutil.which("npm") is None or _node_version() < _OLDEST_NODE:
        pytest.skip(f"Node {_OLDEST_NODE} and npm are not installed: logins at a real OpenID provider are NOT tested")
    wanted = hashlib.sha256(_LOCK_FILE.read_bytes()).hexdigest()
    with _LOCK_FILE.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _STAMP.exists() or _STAMP.read_text() != wanted:
            _install()
            _STAMP.write_text(wanted)


def _node_version() -> int:
    done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    matched = re.match(r"v(\d+)\.", done.stdout)
    return int(matched[1]) if matched else 0


def _install() -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode == 0:
        return
    message = f"`npm ci` failed: logins at a real OpenID provider are NOT tested\n{done.stderr[-2000:]}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def run_provider(token_life: int = 3600) -> Iterator[Provider]:
    """A provider of one's own; `token_life` is that of an access token, in seconds."""
    require_packages()
    process = subprocess.Popen(
        ["node", "server.mjs", str(token_life)],
        cwd=FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Provider(json.loads(process.stdout.readline())["port"])
    finally:
        process.stdin.close()  # which ends it
        process.stdout.close()
        process.wait(timeout=10)
