"""Replacements of spans of a text, and its lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from text2llm.errors import EditError


@dataclass(frozen=True, slots=True)
class Splice:
    """``text`` replaces the span from ``start`` to ``end``; an insertion if both are equal."""

    start: int
    end: int
    text: str = ""


def apply_splices(text: str, splices: Iterable[Splice]) -> str:
    """The text after all splices, whose offsets are those of the old text; equal offsets keep their order.

    Raises:
        EditError: two of them overlap.
    """
    parts: list[str] = []
    at = 0
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        if splice.start < at:
            raise EditError("this edit would change one place twice", hint="make the change by hand")
        parts += (text[at : splice.start], splice.text)
        at = splice.end
    return "".join((*parts, text[at:]))


def line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """Where the line with ``offset`` ends, before its terminator."""
    end = text.find("\n", offset)
    if end < 0:
        return len(text)
    return end - 1 if end > offset and text[end - 1] == "\r" else end


def next_line(text: str, offset: int) -> int:
    """Where the next line begins, or the length of the text."""
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1


def column_of(text: str, offset: int) -> int:
    return offset - line_start(text, offset)


def newline_of(text: str) -> str:
    """The terminator of the first line, which new lines use."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def starts_line(text: str, offset: int) -> bool:
    """Whether only white space precedes ``offset`` on its line."""
    return not text[line_start(text, offset) : offset].strip()


def is_line_rest(text: str, offset: int) -> bool:
    """Whether only white space or a comment follows ``offset`` on its line."""
    rest = text[offset : line_end(text, offset)]
    return not rest.strip() or (rest.lstrip().startswith("#") and rest[0] in " \t")


def whole_lines(text: str, start: int, end: int) -> Splice:
    """Remove the lines from that of ``start`` to that of ``end``.

    At the end of a text without a final newline, the terminator before them goes in place of their own.
    """
    first, last = line_start(text, start), next_line(text, end)
    if last == len(text) and not text.endswith("\n") and first > 0:
        first -= 2 if text[first - 2 : first] == "\r\n" else 1
    return Splice(first, last)


def skip_gap(text: str, offset: int) -> int:
    """The first offset from ``offset`` on that is neither white space nor in a comment."""
    while offset < len(text):
        if text[offset] == "#":
            offset = line_end(text, offset)
        elif text[offset].isspace():
            offset += 1
        else:
            return offset
    return offset
