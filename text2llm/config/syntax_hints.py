"""What to do about text that is not YAML: libyaml says what it missed, not what a person forgot."""

from __future__ import annotations

import re

_CONFLICT = re.compile(r"^(?:<<<<<<<|=======|>>>>>>>)(?: |$)", re.MULTILINE)
#: A part of libyaml's words (``scanner.c`` and ``parser.c`` of 0.2.5), and what mends it; the first that fits counts.
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


def find_hint(problem: str, text: str, line: str) -> str | None:
    """The hint for a problem of libyaml's at a ``line`` of a ``text``."""
    if "\t" in line:
        return "YAML is indented with spaces"
    if _CONFLICT.search(text):
        return "resolve the merge conflict that is marked in this file"
    return next((hint for words, hint in _HINTS if words in problem), None)
