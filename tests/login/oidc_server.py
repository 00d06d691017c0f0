"""The real OpenID provider of these tests: npm `oidc-provider` in a process of its own, on loopback."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import ProxyHandler, build_opener

from tests.node import require_packages

FOLDER = Path(__file__).parent / "oidc"
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


@contextmanager
def run_provider(token_life: int = 3600) -> Iterator[Provider]:
    """A provider of one's own; `token_life` is that of an access token, in seconds."""
    require_packages(FOLDER, "logins at a real OpenID provider are")
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
