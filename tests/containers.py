"""Containers that share one directory: each command is process 1 of a namespace, with a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

_WAYS = (
    ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc"),
    ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"),
)
_RUN = """
import io, json, sys
from text2llm.cli.boundary import run_guarded
from text2llm.cli.main import main
codes = []
for arguments in json.loads(sys.argv[1]):
    sys.stdin = io.TextIOWrapper(io.BytesIO(b"a-key-of-forty-characters-or-something-ok"))
    codes.append(int(run_guarded(main, arguments)))
print(codes)
"""


@cache
def find_way() -> tuple[str, ...] | None:
    """The command that runs another in a namespace of its own; none where the kernel forbids that."""
    for way in _WAYS:
        try:
            if subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0:
                return way
        except FileNotFoundError:
            return None
    return None


def make_environment(shared: Path, home: Path) -> dict[str, str]:
    """What a container sees: its home, and the directory that it shares, which has the store of the agent."""
    kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COV")}
    homes = {"HOME": str(home), "TEXT2LLM_HOME": str(home), "TEXT2LLM_AGENT_DIR": str(shared)}
    return {**kept, **homes, "CI": "1", "LANG": "C.UTF-8"}


def start_container(shared: Path, home: Path, commands: str) -> subprocess.Popen[str]:
    """Run commands, one after the other, in the directory that is shared; the last line is the list of their codes."""
    way = find_way()
    assert way is not None
    return subprocess.Popen(
        [*way, sys.executable, "-c", _RUN, commands],
        cwd=shared,
        env=make_environment(shared, home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
