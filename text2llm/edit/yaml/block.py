"""Edit block collections in whole lines; comments stay where they are."""

from __future__ import annotations

import re

from text2llm.config.document import Document
from text2llm.config.nodes import Mapping, Node, Scalar, Sequence
from text2llm.edit.yaml.splice import Splice, column_of, line_end, line_start, next_line, starts_line, whole_lines
from text2llm.errors import EditError


def insert_lines(document: Document, after: int, lines: list[str], newline: str) -> Splice:
    """New lines below the line with the offset ``after``.

    They use that line's terminator, since a file may have several kinds, or ``newline`` after a last line without one.
    """
    text = document.text
    end = line_end(text, after)
    own = text[end : next_line(text, end)] or newline
    return Splice(end, end, "".join(own + line for line in lines))


def last_line(text: str, node: Node) -> int:
    """An offset on the last line of a block value, including the blank lines that it keeps."""
    leaf = last_leaf(node)
    if not isinstance(leaf, Scalar) or leaf.style not in ("|", ">") or not _keeps_blank_lines(text, leaf):
        return leaf.end
    at = leaf.end
    while (following := next_line(text, at)) < len(text) and not text[following : line_end(text, following)].strip():
        at = following
    return at


def last_leaf(node: Node) -> Node:
    """The node that ends a block value."""
    while isinstance(node, Mapping | Sequence) and not node.flow and node.items:
        node = node.items[-1][1] if isinstance(node, Mapping) else node.items[-1]
    return node


def _keeps_blank_lines(text: str, scalar: Scalar) -> bool:
    header = text[scalar.start : line_end(text, scalar.start)].partition("#")[0]
    return "+" in header


def dash_of(document: Document, sequence: Sequence, index: int) -> int:
    text, column = document.text, column_of(document.text, sequence.start)
    if index == 0:
        return sequence.start
    below = next_line(text, last_line(text, sequence.items[index - 1]))
    found = re.compile(rf"^ {{{column}}}-", re.MULTILINE).search(text, below)
    assert found is not None, "all dashes of a block list are in one column"
    return found.end() - 1


def remove_item(document: Document, sequence: Sequence, index: int) -> Splice:
    """Remove an item of several, with its lines and the comment on its last one."""
    following = dash_of(document, sequence, index + 1) if index + 1 < len(sequence.items) else None
    return _remove_part(document, dash_of(document, sequence, index), sequence.items[index], following)


def move_item(document: Document, sequence: Sequence, index: int, target: int) -> list[Splice]:
    """Move an item of plain text with its lines and the comment on its last one; nothing where that cannot be done."""
    text, node = document.text, sequence.items[index]
    if (
        sequence.flow
        or not isinstance(node, Scalar)
        or node.anchor is not None
        or not starts_line(text, sequence.start)
    ):
        return []
    lines = [
        (line_start(text, dash_of(document, sequence, each)), next_line(text, last_line(text, sequence.items[each])))
        for each in sorted((index, target))
    ]
    moved, other = lines if index < target else reversed(lines)
    at = other[1] if index < target else other[0]
    cut = text[moved[0] : moved[1]]
    return [Splice(*moved), Splice(at, at, cut)] if text[:at].endswith("\n") and cut.endswith("\n") else []


def remove_entry(document: Document, mapping: Mapping, index: int) -> Splice:
    """Remove an entry of several, with its lines and the comment on its last one."""
    key, value = mapping.items[index]
    refuse_explicit_key(document, key)
    following = mapping.items[index + 1][0].anchor_start if index + 1 < len(mapping.items) else None
    return _remove_part(document, key.anchor_start, value, following)


def _remove_part(document: Document, start: int, value: Node, following: int | None) -> Splice:
    text = document.text
    if starts_line(text, start):
        return whole_lines(text, start, last_line(text, value))
    # The part shares its line with an outer dash (`- id: x`): what follows moves up to it.
    return Splice(start, following) if following is not None else Splice(start, line_end(text, last_line(text, value)))


def empty_collection(document: Document, node: Mapping | Sequence, key: Scalar | None) -> list[Splice]:
    """Leave an empty collection instead of a block collection's only part."""
    text, brackets = document.text, "{}" if isinstance(node, Mapping) else "[]"
    if not starts_line(text, node.start) or key is None:
        return [Splice(node.start, last_line(text, node), brackets)]
    place = after_colon(document, key) if node.anchor is None else node.anchor_start + 1 + len(node.anchor)
    return [Splice(place, place, f" {brackets}"), whole_lines(text, node.start, last_line(text, node))]


def after_colon(document: Document, key: Scalar) -> int:
    refuse_explicit_key(document, key)
    return document.text.index(":", key.end) + 1


def refuse_explicit_key(document: Document, key: Scalar) -> None:
    """Refuse an entry written as ``? key``."""
    before = document.text[line_start(document.text, key.anchor_start) : key.anchor_start].rstrip()
    if before.endswith("?"):
        raise EditError(
            "an entry written as '? key' cannot be edited",
            hint="write it as 'key: value' first",
            location=document.place(key.start),
        )
