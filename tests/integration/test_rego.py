"""The rule in OPA's language of the guide to your own rules, judged by a real interpreter of that language.

`make integration` installs it in an environment of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.running import ROOT, play, read_steps

PYTHON = Path(f"{os.environ.get('SDKS', '')}-rego", "bin", "python")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON.is_file(), reason="no regopy here: run it with `make integration`"),
]
PAGE = (ROOT / "docs" / "guides" / "your-own-rules.md").read_text(encoding="utf-8")


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(PYTHON), "check_models.py"]
    return subprocess.run(command, cwd=folder / "repo", capture_output=True, text=True, check=False)


def make_files(folder: Path) -> None:
    steps = [step for step in read_steps(PAGE) if step.command.startswith(("mkdir", "text2llm resolve --json"))]
    assert play(steps, folder) == []


def test_rule_denies_what_the_guide_shows(tmp_path: Path) -> None:
    make_files(tmp_path)
    done = check(tmp_path)
    (shown,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert (done.returncode, done.stdout, done.stderr) == (1, shown, "")


def test_rule_denies_nothing_where_all_is_approved_but_an_unknown_address(tmp_path: Path) -> None:
    make_files(tmp_path)
    path = tmp_path / "repo" / "resolved.json"
    document = path.read_text().replace("https://api.anthropic.com", "https://api.openai.com/v1")
    path.write_text(document)
    assert (check(tmp_path).returncode, check(tmp_path).stdout.strip()) == (0, "")
    path.write_text(document.replace('"https://llm.corp.example/v1"', "null"))
    assert check(tmp_path).returncode == 1
