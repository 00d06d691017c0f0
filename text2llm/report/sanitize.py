"""Make text and data safe for a terminal, a log or a CI system."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from text2llm.diagnostics import Location

if TYPE_CHECKING:
    from text2llm.params.translate import EffectiveParams

# What makes a command of a line, wherever in it: Azure Pipelines and the GitHub runner look for `##vso[` and `##[`,
# TeamCity for `##teamcity[`, GitLab for `section_start:` and `section_end:`.
_COMMAND = r"(?i)#(?=#(?:vso|teamcity)?\[)|(?<=section)_(?=start|end)"
_IN_TEXT = {"#": "# ", "_": "-"}
_IN_JSON = {"#": r"\u0023", "_": r"\u005f"}
_IN_XML = {"#": "&#35;", "_": "&#95;"}


def clean(text: str) -> str:
    """``text`` as one line without active characters: what is not printable is escaped.

    That covers control characters (escape sequences, newlines), bidirectional and other invisible format characters,
    lone surrogates, and spaces other than the plain one.
    """
    if text.isprintable():
        return text
    escaped = (each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)
    return "".join(escaped)


def clean_line(line: str) -> str:
    """One line of output for a log: cleaned, and with nothing in it that a CI system reads as a command."""
    return clean_start(_disarm(clean(line), _IN_TEXT))


def clean_start(line: str) -> str:
    """A cleaned line whose beginning GitHub does not read as a ``::command::``, before which it ignores white space."""
    start = len(line) - len(line.lstrip())
    return f"{line[:start]}: {line[start + 1 :]}" if line.startswith("::", start) else line


def escape_markup(text: str) -> str:
    """``text`` for an XML document: an attribute in double quotes, or an element. It reads as it was, cleaned.

    XML has no way to write most control characters.
    """
    from xml.sax.saxutils import escape

    return _disarm(escape(clean(text), {'"': "&quot;"}), _IN_XML)


def _disarm(text: str, escapes: Mapping[str, str]) -> str:
    if "##" not in text and "section_" not in text.lower():
        return text
    return re.sub(_COMMAND, lambda found: escapes[found[0]], text)


def clean_lines(lines: Iterable[str]) -> str:
    return "".join(f"{clean_line(line)}\n" for line in lines)


def location_json(place: Location) -> dict[str, Any]:
    return pick(place, "path", "line", "column")


def pick(value: object, *names: str) -> dict[str, Any]:
    """Attributes of a value as plain data: keys in camelCase, enums by their value, locations as objects."""
    return {_camel_case(name): _plain(getattr(value, name)) for name in names}


@cache  # long lists have the same few names in each row
def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _plain(value: Any) -> Any:
    match value:
        case Location():
            return location_json(value)
        case Enum():
            return value.value
        case tuple():
            return list(value)
        case _:
            return value


def without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


#: A longer list has one line per item.
_MANY = 100


def json_text(value: Any) -> str:
    """A JSON document for a log: ASCII only, and with nothing in it that a CI system reads as a command.

    ASCII is valid whatever the stream's encoding is. What is escaped occurs only in strings and means the same; no
    line of an indented document begins with ``::``. A long list has one line per item, since indenting would take
    longer than the work that is reported.
    """
    if isinstance(value, dict) and any(map(_is_long, value.values())):
        members = (f"  {json_line(key)}: {_member(each)}" for key, each in value.items())
        return "{\n" + ",\n".join(members) + "\n}"
    return _encode(value, 2)


def _is_long(value: Any) -> bool:
    return isinstance(value, list | dict) and len(value) > _MANY


def _member(value: Any) -> str:
    if _is_long(value) and isinstance(value, dict):  # at once: a line each takes ten times as long
        return "{\n    " + _encode(value, None, (",\n    ", ": "))[1:-1] + "\n  }"
    if _is_long(value):
        return "[" + ",".join(f"\n    {json_line(item)}" for item in value) + "\n  ]"
    return _encode(value, 2).replace("\n", "\n  ")


def json_line(value: Any) -> str:
    """The same on one line, much faster, for thousands of rows."""
    return _encode(value, None)


def _encode(value: Any, indent: int | None, separators: tuple[str, str] | None = None) -> str:
    import json

    return _disarm(json.dumps(value, indent=indent, separators=separators), _IN_JSON)


def params_json(found: EffectiveParams | None) -> dict[str, Any]:
    """The keys that a route or a model has if parameters are set for it; none otherwise."""
    if not found:
        return {}
    optional = {"requestHeaders": dict(found.headers), "dropped": dict(found.dropped)}
    return {"params": found.params, "request": found.request, **{name: each for name, each in optional.items() if each}}
