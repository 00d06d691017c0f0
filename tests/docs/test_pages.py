"""Every command that the documentation shows does what is written there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.running import Step, play, read_steps

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "guides").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    steps = read_steps(page.read_text(encoding="utf-8"))
    assert steps, "a guide shows what to type"
    assert play(steps, tmp_path) == []


def test_the_runner_sees_what_is_otherwise(tmp_path: Path) -> None:
    wrong = [Step("echo one", 0, "two\n"), Step("false", 0, None), Step("exit 5", 5, None)]
    first, second, third = play(wrong, tmp_path)
    assert first == "$ echo one\nprinted:\none\n"
    assert second.startswith("$ false\nended with 1, not 0")
    assert third.startswith("$ exit 5\nwas never reached")


def test_the_runner_lets_dots_stand_for_anything(tmp_path: Path) -> None:
    assert play([Step("printf 'a 1 b\\nx\\ny\\nend\\n'", 0, "a … b\n…\nend\n")], tmp_path) == []
