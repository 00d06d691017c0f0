"""Layout of reports: rows that fit a terminal, tables, counts and spans."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from text2llm.report.sanitize import clean_line, clean_start

Paint: TypeAlias = Callable[[str], str]
_GAP = "  "
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_WORDS = re.compile(r" +|(?:\x1b\[[0-9;]*m|[^ ])+")
#: The same, with a command in backticks as one word: it can be copied.
_COMMANDS = re.compile(r" +|(?:`[^`]*`|\x1b\[[0-9;]*m|[^ ])+")
_COLUMN = re.compile(r"(?<=\S) {2,}(?=\S)")
#: Below this width a label has its own line.
_NARROW = 50


@dataclass(frozen=True, slots=True)
class Piece:
    """A text and its color; it is sanitized when it is laid out. ``gap`` is what divides it from the piece before."""

    text: str
    paint: Paint = str
    gap: str = _GAP


def layout_row(label: str, pieces: list[Piece], width: int, indent: int) -> Iterator[str]:
    """The lines of one row: ``label``, then the pieces from column ``indent`` on, wrapped between pieces."""
    margin = min(indent, 4) if width < _NARROW else indent
    line, used = _start(label, margin)
    for piece in pieces:
        text = clean_line(piece.text)
        if used > margin and used + len(piece.gap) + len(text) > width:
            yield line.rstrip()
            line, used = " " * margin, margin
        if line and not line.endswith(" "):  # a label may be just as long as the margin
            line, used = line + piece.gap, used + len(piece.gap)
        line, used = line + piece.paint(text), used + len(text)
    yield line.rstrip()


def wrap_line(line: str, width: int | None) -> list[str]:
    """A line broken between words, with its indent; without a ``width`` whole, and so is a long word."""
    if width is None or len(line) <= width:
        return [line]
    from textwrap import wrap

    margin = " " * (len(line) - len(line.lstrip()))
    parts = wrap(line.lstrip(), max(width - len(margin), 1), break_long_words=False, break_on_hyphens=False)
    # A part may now begin where CI systems look for commands.
    return [margin + clean_line(part) for part in parts]


def fit_text(text: str, width: int | None) -> str:
    """A laid-out text whose longer lines are broken between words; without a ``width`` unchanged.

    The parts of a line begin in its last column, if that leaves room for them. A word that is longer stays whole.
    """
    if width is None or len(text) <= width:
        return text
    return "\n".join(part for line in text.split("\n") for part in _fit_line(line, width))


def _fit_line(line: str, width: int) -> list[str]:
    bare = _COLOR.sub("", line)
    if len(bare) <= width:
        return [line]
    margin = " " * _find_margin(bare, width)
    done, current, used, gap = list[str](), "", 0, ""
    for part in _split_words(line, width - len(margin)):
        size = len(_COLOR.sub("", part))
        if part.isspace():
            gap = part
        elif size and used + len(gap) > len(margin) and used + len(gap) + size > width:
            done.append(current)
            # A part may now begin where CI systems look for commands.
            current, used, gap = margin + clean_start(part), len(margin) + size, ""
        else:
            current, used, gap = current + gap + part, used + len(gap) + size, ""
    return [*done, current]


def _split_words(line: str, room: int) -> Iterator[str]:
    """The words of a line and the gaps between them; a command is one word if it fits a line."""
    for part in _COMMANDS.findall(line):
        yield from [part] if len(_COLOR.sub("", part)) <= room else _WORDS.findall(part)


def _find_margin(line: str, width: int) -> int:
    """The last column of a line that begins in its first two thirds; else its indent."""
    columns = [found.end() for found in _COLUMN.finditer(line) if found.end() <= width * 2 // 3]
    return max(columns, default=len(line) - len(line.lstrip()))


def _start(label: str, margin: int) -> tuple[str, int]:
    text = clean_line(label)
    return (text.ljust(margin), margin) if len(text) <= margin - 1 else (text, len(text))


def plural(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")


def align_rows(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, one per row, their columns as wide as need be."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    layout = _GAP.join(f"{{:<{width}}}" for width in widths)
    return [layout.format(*row).rstrip() for row in rows]


def format_span(milliseconds: int) -> str:
    """A span in its largest unit, rounded down: ``3d``, ``5h``, ``12m``, ``40s``."""
    seconds = abs(milliseconds) // 1000
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
