"""The line of a finding, with a caret: masked first, then cut, then sanitized."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from text2llm.config.document import Document, line_starts
from text2llm.diagnostics import Location
from text2llm.redaction import MASK
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import find_literals
from text2llm.redaction.places import Places
from text2llm.report.sanitize import clean, clean_line

_WORD = re.compile(rf"{re.escape(MASK)}|\"[^\"]*\"|'[^']*'|(?:[^\s,:{{}}\[\]]|:(?=\S))+")
# In a file that cannot be parsed, a line that may hold a credential is not shown, nor the line after it.
_TELLING = re.compile(r"key|token|secret|passw|auth|bearer|cookie|credential|access|refresh", re.IGNORECASE)
#: Columns: after the caret in a line that is cut, and at least of any line.
_MARGIN = 20
_NARROWEST = 16


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A file's text, and the spans of it that must not be shown."""

    text: str
    hidden: tuple[tuple[int, int], ...]


class Excerpts:
    """Excerpts from the files of one run: documents, and texts that could not be parsed, by path."""

    def __init__(self, documents: Mapping[str, Document], texts: Mapping[str, str], width: int, forms: Forms) -> None:
        self._documents = documents
        self._texts = texts
        self._width = width
        self._sources: dict[str, MaskedText] = {}
        self._forms = forms
        self._places = Places.of_files(documents.values(), forms)

    def draw(self, location: Location) -> list[str]:
        path = location.path
        if path not in self._sources:
            document = self._documents.get(path)
            text = self._texts.get(path, "")
            source = parsed_source(document, self._forms) if document else raw_source(text, self._forms)
            again = self._places.find(source.text)  # credentials recognized only by their value
            self._sources[path] = MaskedText(source.text, tuple(sorted({*source.hidden, *again})))
        return draw_excerpt(self._sources[path], location, self._width)


def parsed_source(document: Document, forms: Forms) -> MaskedText:
    return MaskedText(document.text, tuple((each.start, each.end) for each in find_literals(document, forms)))


def raw_source(text: str, forms: Forms) -> MaskedText:
    """A text that could not be parsed: more is masked, since no place is known."""
    hidden = [(span.start, span.end) for span in forms.find(text)]
    starts = [*line_starts(text), len(text)]
    lines = list(pairwise(starts))
    for (start, end), (_, next_end) in zip(lines, [*lines[1:], lines[-1]], strict=True):
        if _TELLING.search(text, start, end):
            hidden.append((start, next_end))
    return MaskedText(text, tuple(sorted(hidden)))


def draw_excerpt(source: MaskedText, location: Location, width: int) -> list[str]:
    """The lines of an excerpt at most ``width`` columns wide; none when the file has no such line."""
    starts = line_starts(source.text)
    if location.line > len(starts) or not source.text:
        return []
    start = starts[location.line - 1]
    end = starts[location.line] if location.line < len(starts) else len(source.text)
    line, caret = _mask_line(source, start, end, start + location.column - 1)
    number = f"{location.line:>5} | "
    before, after = _cut(line, caret, max(width - len(number), _NARROWEST))
    word = _WORD.match(after)
    return [
        f"{number}{clean_line(before + after).rstrip()}",
        f"{' ' * (len(number) - 2)}| {' ' * _columns(before)}{'^' * (_columns(word[0]) if word else 1)}",
    ]


def _cut(line: str, caret: int, room: int) -> tuple[str, str]:
    """The parts before and after the caret: together at most ``room`` columns wide."""
    before, after = clean(line[max(0, caret - room) : caret]), clean(line[caret : caret + room])
    if len(line) > room or _columns(before) + _columns(after) > room:
        before = _fit(before[::-1], room - min(_MARGIN, room // 2))[::-1]
    return before, _fit(after, room - _columns(before))


def _fit(text: str, room: int) -> str:
    taken = 0
    for index, each in enumerate(text):
        taken += _columns(each)
        if taken > room:
            return text[:index]
    return text


def _mask_line(source: MaskedText, start: int, end: int, at: int) -> tuple[str, int]:
    """The line from ``start`` to ``end`` with its hidden parts masked, and the new offset of ``at`` in it."""
    pieces, position, caret = [], start, at - start
    for hidden_start, hidden_end in source.hidden:
        left, right = max(hidden_start, position), min(hidden_end, end)
        if left >= right:
            continue
        pieces += [source.text[position:left], MASK]
        if at >= right:
            caret += len(MASK) - (right - left)
        elif at > left:
            caret -= at - left
        position = right
    line = "".join((*pieces, source.text[position:end])).rstrip("\r\n")
    return line, min(max(caret, 0), len(line))


def _columns(text: str) -> int:
    """The width of a text in columns: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)
