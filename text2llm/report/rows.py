"""Layout of reports: rows that fit a terminal, tables, counts and spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from text2llm.report.sanitize import clean_line

Paint: TypeAlias = Callable[[str], str]
_GAP = "  "
#: Below this width a label has its own line.
_NARROW = 50


@dataclass(frozen=True, slots=True)
class Piece:
    """A text and its color; it is sanitized when it is laid out."""

    text: str
    paint: Paint = str


def layout_row(label: str, pieces: list[Piece], width: int, indent: int) -> Iterator[str]:
    """The lines of one row: ``label``, then the pieces from column ``indent`` on, wrapped between pieces."""
    margin = min(indent, 4) if width < _NARROW else indent
    line, used = _start(label, margin)
    for piece in pieces:
        text = clean_line(piece.text)
        if used > margin and used + len(_GAP) + len(text) > width:
            yield line.rstrip()
            line, used = " " * margin, margin
        if line and not line.endswith(" "):  # a label may be just as long as the margin
            line, used = line + _GAP, used + len(_GAP)
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
