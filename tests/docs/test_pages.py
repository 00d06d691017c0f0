"""Every command in the documentation works as shown."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.running import ROOT, Step, commands_not_played, play, read_steps

# The reference is generated.
EVERY_PAGE = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")} - {*ROOT.glob("docs/reference/*.md")})
PAGES = [ROOT / "README.md", ROOT / "docs" / "plugins.md", *sorted((ROOT / "docs" / "guides").glob("*.md"))]
#: Programs that pages need and the project does not bring.
NEEDED = {"your-own-rules": "jq", "scripting": "jq"}


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.stem)
def test_page_shows_only_executed_commands(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert commands_not_played(text) == []
    shown = [step for step in read_steps(text) if "text2llm" in step.command and not step.command.startswith("mkdir")]
    assert not shown or page in PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_works_as_shown(page: Path, tmp_path: Path) -> None:
    needed = NEEDED.get(page.stem)
    if needed is not None and shutil.which(needed) is None:
        pytest.skip(f"{needed} is not installed: the page is not executed")
    steps = read_steps(page.read_text(encoding="utf-8"))
    assert steps, "a guide shows commands"
    assert play(steps, tmp_path) == []


def test_runner_finds_differences(tmp_path: Path) -> None:
    wrong = [Step("echo one", 0, "two\n"), Step("false", 0, None), Step("exit 5", 5, None)]
    first, second, third = play(wrong, tmp_path)
    assert first == "$ echo one\nprinted:\none\n"
    assert second.startswith("$ false\nended with 1, not 0")
    assert third.startswith("$ exit 5\nwas never reached")


@pytest.mark.parametrize("block", ["```\n$ text2llm diff\n```\n", "1. So:\n   ```sh\n   text2llm diff\n   ```\n"])
def test_unexecuted_command_is_found(block: str) -> None:
    assert len(commands_not_played(block)) == 1


def test_dots_match_anything(tmp_path: Path) -> None:
    assert play([Step("printf 'a 1 b\\nx\\ny\\nend\\n'", 0, "a … b\n…\nend\n")], tmp_path) == []


def test_contributing_lists_every_package() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`(\w+)/`", text[text.index("| package |") : text.index("### How an edit flows")]))
    folders = {path.parent.name for path in (ROOT / "text2llm").glob("*/__init__.py")}
    assert folders - listed == set()
