"""The one way by which text from outside reaches a terminal, a log or a CI system."""

from __future__ import annotations

import re
from typing import Any

from text2llm.diagnostics import Location

# Azure Pipelines and the GitHub runner look for `##vso[` and `##[` anywhere in a line, TeamCity for `##teamcity[`;
# GitLab for `section_start:` and `section_end:`.
_MARKER = r"(?i)#(?=#(?:vso|teamcity)?\[)"
_SECTION = r"(?i)section_(?=start|end)"


def clean(text: str) -> str:
    """``text`` as one line without anything that acts: what is not printable appears as its escape.

    That covers control characters (escape sequences, newlines), bidirectional and other invisible format characters,
    lone surrogates, and spaces that are not the plain one.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escape(character) for character in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def clean_line(line: str) -> str:
    """One line of output for a log: cleaned, and with nothing in it that a CI system reads as a command."""
    line = re.sub(_SECTION, "section-", re.sub(_MARKER, "# ", clean(line)))
    start = len(line) - len(line.lstrip())
    # GitHub ignores white space before its `::command::`.
    return f"{line[:start]}: {line[start + 1 :]}" if line.startswith("::", start) else line


def location_json(place: Location) -> dict[str, Any]:
    """A place as plain data, the one shape of it in every JSON document."""
    return {"path": place.path, "line": place.line, "column": place.column}


#: A list of more items than anybody reads.
_MANY = 100


def json_text(value: Any) -> str:
    """A JSON document for a log: ASCII only, and with nothing in it that a CI system reads as a command.

    ASCII is valid whatever the stream's encoding is. A ``#`` stands in strings only, where its escape means the same;
    no line of an indented document begins with ``::``. A long list has a line for each item, whose layout would take
    longer than the work that is reported.
    """
    if isinstance(value, dict) and any(map(_is_long, value.values())):
        members = (f"  {json_line(key)}: {_member(each)}" for key, each in value.items())
        return "{\n" + ",\n".join(members) + "\n}"
    return _encode(value, 2)


def _is_long(value: Any) -> bool:
    return isinstance(value, list) and len(value) > _MANY


def _member(value: Any) -> str:
    if _is_long(value):
        return "[" + ",".join(f"\n    {json_line(item)}" for item in value) + "\n  ]"
    return _encode(value, 2).replace("\n", "\n  ")


def json_line(value: Any) -> str:
    """The same on one line: many times as fast, for what has thousands of rows."""
    return _encode(value, None)


def _encode(value: Any, indent: int | None) -> str:
    import json

    text = json.dumps(value, indent=indent)
    return re.sub(_MARKER, r"\\u0023", text) if "##" in text else text
