"""Every command in a page or a hint names a command and options that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from text2llm.cli.main import main

ROOT = Path(__file__).parents[2]
_SPAN = re.compile(r"`(text2llm(?: [^`\n]+)?)`")
_WORD = re.compile(r"[^\s\"']+|\"[^\"]*\"|'[^']*'")
_COMMAND_NAME = re.compile(r"[a-z][a-z-]*")
_OPTION = re.compile(r"(--[a-z-]+)")
# Placeholders.
_ANYTHING = re.compile(r"[A-Z.<{…\[(|]")


def spans() -> Iterator[tuple[str, str]]:
    """Commands in the text of pages and of the program, each with its location."""
    for pattern in ("*.md", "docs/**/*.md", "text2llm/**/*.py", "schemas/**/*.json", "text2llm/templates/**/*"):
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                text = path.read_text(encoding="utf-8")
                yield from ((f"{path.relative_to(ROOT)}: {each}", each) for each in _SPAN.findall(text))


def find_problem(written: str) -> str | None:
    """Why a command is invalid, judged by its names and options; ``None`` if it is valid."""
    words = [word for word in _WORD.findall(written.split(" < ", maxsplit=1)[0])[1:] if word != "\\"]
    command: click.Command = main
    context = click.Context(command)
    options = [option for word in words for option in _OPTION.findall(word)]
    for word in words:
        if not isinstance(command, click.Group) or _ANYTHING.match(word):
            break
        if word.startswith("-"):
            continue
        if not _COMMAND_NAME.fullmatch(word):
            break
        found = [command.get_command(context, name) for name in word.split("|")]
        if None in found:
            return f"there is no command {word!r}"
        assert found[0] is not None
        command = found[0]
        context = click.Context(command, parent=context)
    known = {name for parameter in command.params for name in parameter.opts} | {"--help", "--version"}
    unknown = [option for option in options if option not in known]
    return f"{context.command.name} has no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize(("place", "written"), sorted(set(spans())), ids=lambda value: value.replace("/", "."))
def test_command_exists(place: str, written: str) -> None:
    assert find_problem(written) is None, place


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("text2llm validat", "there is no command 'validat'"),
        ("text2llm models sett opus", "there is no command 'sett'"),
        ("text2llm models set opus --dryrun", "set has no option --dryrun"),
    ],
)
def test_check_finds_unknown_commands(written: str, problem: str) -> None:
    assert find_problem(written) == problem
