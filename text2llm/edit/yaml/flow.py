"""Edit flow collections: ``[a, b]``, ``{a: b}``, and JSON. Scans the gaps for commas and comments."""

from __future__ import annotations

from dataclasses import dataclass

from text2llm.config.document import Document
from text2llm.config.nodes import Alias, Mapping, Node, Sequence
from text2llm.edit.yaml.splice import Splice, column_of, is_line_rest, line_end, skip_gap, starts_line, whole_lines
from text2llm.edit.yaml.style import YamlStyle


@dataclass(frozen=True, slots=True)
class FlowPart:
    """The span of a flow list's item, or of a flow map's ``key: value``."""

    start: int
    end: int


def parts_of(collection: Mapping | Sequence) -> list[FlowPart]:
    if isinstance(collection, Mapping):
        return [FlowPart(key.anchor_start, max(key.end, value.end)) for key, value in collection.items]
    return [FlowPart(_outer_start(item), item.end) for item in collection.items]


def _outer_start(node: Node) -> int:
    return node.start if isinstance(node, Alias) else node.anchor_start


def insert_part(
    document: Document, collection: Mapping | Sequence, index: int, new: str, style: YamlStyle
) -> list[Splice]:
    """Insert ``new`` before the part at ``index``, or after the last one."""
    parts = parts_of(collection)
    if not parts:
        return [_fill_empty(document.text, collection, new)]
    if index < len(parts):
        lead = _lead(document.text, parts[index], parts, style)
        return [Splice(parts[index].start, parts[index].start, f"{new},{lead}")]
    return _append(document.text, parts, new, _lead(document.text, parts[-1], parts, style))


def _fill_empty(text: str, collection: Mapping | Sequence, new: str) -> Splice:
    opening, closing = collection.start + 1, collection.end - 1
    inner = text[opening:closing]
    return Splice(opening, closing if not inner.strip() and "\n" not in inner else opening, new)


def _lead(text: str, part: FlowPart, parts: list[FlowPart], style: YamlStyle) -> str:
    """The text between a comma and the part after it: a line break and indent, or spaces."""
    if starts_line(text, part.start):
        return style.newline + " " * column_of(text, part.start)
    if len(parts) > 1:
        gap = text[parts[-2].end : parts[-1].start].partition(",")[2]
        return gap if not gap.strip(" ") else " "
    return style.colon_gap  # compact JSON has no spaces


def _append(text: str, parts: list[FlowPart], new: str, lead: str) -> list[Splice]:
    last = parts[-1]
    comma = skip_gap(text, last.end)
    has_comma = text[comma : comma + 1] == ","
    behind = comma + 1 if has_comma else last.end
    # On a line of its own the new part goes below the comment that belongs to the last one.
    place = line_end(text, behind) if "\n" in lead and is_line_rest(text, behind) else behind
    if has_comma:
        return [Splice(place, place, f"{lead}{new},")]
    return [Splice(last.end, last.end, ","), Splice(place, place, f"{lead}{new}")]


def remove_part(document: Document, collection: Mapping | Sequence, index: int) -> list[Splice]:
    """Remove a part and one comma, the next or else the previous, with its line if it is alone there."""
    text, parts = document.text, parts_of(collection)
    part = parts[index]
    comma = skip_gap(text, part.end)
    has_comma = text[comma : comma + 1] == ","
    end = comma + 1 if has_comma else part.end
    if starts_line(text, part.start) and is_line_rest(text, end):
        return [*_preceding_comma(text, parts, index, has_comma), whole_lines(text, part.start, end)]
    if index + 1 < len(parts):
        following = parts[index + 1].start
        gap = text[end:following]
        return [Splice(part.start, following if not gap.strip() and "\n" not in gap else end)]
    if index > 0 and not text[parts[index - 1].end : part.start].replace(",", "", 1).strip():
        return [Splice(parts[index - 1].end, part.end)]
    if index > 0:
        return [*_preceding_comma(text, parts, index, has_comma), Splice(part.start, end)]
    return [_only_part(text, collection, part, end)]


def _preceding_comma(text: str, parts: list[FlowPart], index: int, has_own: bool) -> list[Splice]:  # noqa: FBT001
    if has_own or index == 0:
        return []
    comma = skip_gap(text, parts[index - 1].end)
    return [Splice(comma, comma + 1)]


def _only_part(text: str, collection: Mapping | Sequence, part: FlowPart, end: int) -> Splice:
    inner = text[collection.start + 1 : part.start] + text[end : collection.end - 1]
    if inner.strip() or "\n" in inner:
        return Splice(part.start, end)
    return Splice(collection.start + 1, collection.end - 1)
