"""The guide is true: its files are valid, and its commands end as it says."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "rehearse-the-gate.md").read_text()
FILES = re.findall(r"```yaml\n# (\S+)\n(.*?)```", GUIDE, re.DOTALL)
SCRIPT = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL))
ENDS = re.compile(r"^(text2llm models .*?) +# exit (\d).*$", re.MULTILINE)


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


@pytest.mark.slow
def test_commands_of_the_guide_end_as_it_says(tmp_path: Path) -> None:
    ports = {"8787": free_port(), "8788": free_port()}

    def moved(text: str) -> str:
        return re.sub("878[78]", lambda found: ports[found[0]], text)

    for name, text in FILES:
        (tmp_path / name).write_text(moved(text))
    checked = ENDS.sub(r"code=0; \1 || code=$?; echo exit $code \2", moved(SCRIPT))
    ended = subprocess.run(
        ["bash", "-euc", f"trap 'kill $(jobs -p)' EXIT\n{checked}"],
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    codes = re.findall(r"^exit (\d) (\d)$", ended.stdout, re.MULTILINE)
    assert [found for found, _ in codes] == [wanted for _, wanted in codes] == ["0", "1", "1", "2", "2", "0"], ended
