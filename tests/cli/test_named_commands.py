"""Every command that a message or a hint names exists, with the options that it is given there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from text2llm.cli.main import main

_NAMED = re.compile(r"`(text2llm [^`]*)`|(text2llm (?:models|trust|apply) [^`]*)")


def _texts() -> Iterator[tuple[str, str]]:
    """The texts of the program, with an `X` for what is filled in; no documentation, which is not shown as it is."""
    for path in sorted(Path("text2llm").rglob("*.py")):
        source = path.read_text()
        if "text2llm " not in source:
            continue
        tree = ast.parse(source)
        parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                filled = (str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
                yield f"{path}:{node.lineno}", "".join(filled)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (parts | silent):
                yield f"{path}:{node.lineno}", node.value


def _named() -> list[tuple[str, str]]:
    return [(place, hit[0] or hit[1]) for place, text in _texts() for hit in _NAMED.findall(text)]


NAMED = _named()


@pytest.mark.parametrize(("place", "line"), NAMED, ids=lambda value: value)
def test_named_command_exists(place: str, line: str) -> None:
    command: click.Command = main
    words = line.split()[1:]
    while isinstance(command, click.Group) and words and words[0] != "X" and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"{place}: {line}"
        command, words = found, words[1:]
    if words[:1] == ["X"] and isinstance(command, click.Group):
        return  # which of its commands it is, is filled in
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, f"{place}: {line}"
    assert words or not isinstance(command, click.Group) or command.invoke_without_command, f"{place}: {line}"


def test_enough_is_looked_at() -> None:
    assert len(NAMED) > 25
