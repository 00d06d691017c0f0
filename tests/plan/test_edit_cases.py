"""Every folder under fixtures/edits: a file, a command, and what the file is afterwards."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.running import Run
from text2llm.config.discovery import shorten_path

CASES = sorted((Path(__file__).parents[2] / "fixtures" / "edits").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_edit_gives_the_expected_text(case: Path, run: Run, tmp_path: Path) -> None:
    before = next(case.glob("before.*"))
    config = tmp_path / f"text2llm{before.suffix}"
    config.write_bytes(before.read_bytes())

    done = run(*shlex.split((case / "command").read_text()), "--config", str(config))

    assert done.code == 0, done.err
    assert config.read_bytes() == (case / f"after{before.suffix}").read_bytes()
    assert shorten_path(str(config)) in done.out or done.out == "no changes\n"
