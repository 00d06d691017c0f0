"""The README shows what the program really prints."""

from __future__ import annotations

import re
from pathlib import Path

from tests.running import Run

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
CONFIG = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)[0]
SESSIONS = dict(re.findall(r"```\n\$ text2llm (.*?)\n(.*?)```", README, re.DOTALL))


def test_edit_prints_the_diff_that_is_shown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(CONFIG)
    done = run("models", "set", "opus")
    assert (done.code, done.out + done.err) == (0, SESSIONS["models set opus"])


def test_typo_is_found_as_it_is_shown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(CONFIG.replace("primary", "primry"))
    done = run("validate")
    assert (done.code, done.out) == (1, SESSIONS["validate"])
