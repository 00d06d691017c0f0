"""Lines of a report that fit a terminal: a label, then pieces that are never broken inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from text2llm.report.sanitise import clean_line

Paint: TypeAlias = Callable[[str], str]
_GAP = "  "
#: Below this width a label stands on a line of its own.
_NARROW = 50


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of text and how it is painted; its text is sanitised when it is laid out."""

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
    """A line broken between words, its rest set in as it is; without a ``width`` whole, and so is a long word."""
    if width is None or len(line) <= width:
        return [line]
    from textwrap import wrap

    margin = " " * (len(line) - len(line.lstrip()))
    parts = wrap(line.lstrip(), max(width - len(margin), 1), break_long_words=False, break_on_hyphens=False)
    # What stood inside a line may now stand where CI systems look for commands.
    return [margin + clean_line(part) for part in parts]


def _start(label: str, margin: int) -> tuple[str, int]:
    text = clean_line(label)
    return (text.ljust(margin), margin) if len(text) <= margin - 1 else (text, len(text))


def format_span(milliseconds: int) -> str:
    """A span in its largest unit, rounded down, as people say it: ``3d``, ``5h``, ``12m``, ``40s``."""
    seconds = abs(milliseconds) // 1000
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
