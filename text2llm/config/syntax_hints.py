"""Hints for text that is not YAML: libyaml reports what it missed, not what the user forgot."""

from __future__ import annotations

import re

#: libyaml's problem with a line after one that lacks a colon.
_OF_COLONS = ("mapping values are not allowed", "did not find expected key")
#: A key and perhaps a value without a colon: the next line is then read as more of the same text.
_WITHOUT_COLON = re.compile(r" *[A-Za-z_][A-Za-z0-9_-]*(?: +[^\s#:][^:]*)?(?: #.*)?\r?")
_CONFLICT = re.compile(r"^(?:<<<<<<<|=======|>>>>>>>)(?: |$)", re.MULTILINE)
#: A comment as in JSON5 and JavaScript, alone or behind a comma or a bracket.
_SLASHES = re.compile(r"(?:.*[,{\[]\s+)?\s*(?://|/\*)")
#: A part of libyaml's words (``scanner.c`` and ``parser.c`` of 0.2.5), and how to fix it; the first match applies.
_HINTS = (
    ("found unexpected end of stream", "close the quotes that begin here"),
    ("did not find expected ',' or ']'", "close the list with `]`, and put commas between its items"),
    ("did not find expected ',' or '}'", "close the map with `}`, and put commas between its entries"),
    ("mapping values are not allowed", "put a value that has `: ` in it in quotes, and check the indentation"),
    ("cannot start any token", "put the value in quotes"),
    ("could not find expected ':'", "write `key: value`, and check the indentation"),
    ("did not find expected key", "check the indentation of this line and of those above it"),
    ("did not find expected '-' indicator", "indent the items of the list alike, each after a `- `"),
    ("did not find expected node content", "write a value, or put it in quotes"),
)


def find_hint(problem: str, text: str, line: int) -> str | None:
    lines = text.split("\n")[:line]
    if "\t" in lines[-1]:
        return "YAML is indented with spaces"
    if _CONFLICT.search(text):
        return "resolve the merge conflict that is marked in this file"
    slashed = next((number for number, each in enumerate(lines, 1) if _SLASHES.match(each)), None)
    if slashed is not None:
        return f"remove the comment in line {slashed}, or begin it with `#`: `//` begins none"
    above = _find_without_colon(lines[:-1])
    if above is not None and any(words in problem for words in _OF_COLONS):
        return f"put a `:` after the key in line {above}"
    return next((hint for words, hint in _HINTS if words in problem), None)


def _find_without_colon(lines: list[str]) -> int | None:
    """The number of the last line with content, if it has no colon."""
    said = [number for number, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")]
    return said[-1] if said and _WITHOUT_COLON.fullmatch(lines[said[-1] - 1]) else None
