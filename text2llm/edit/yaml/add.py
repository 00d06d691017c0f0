"""Add a key, with the maps that lead to its value, or an item."""

from __future__ import annotations

from text2llm.config.document import Document
from text2llm.config.nodes import Alias, Mapping, Pointer, Scalar, Sequence, Value
from text2llm.edit.change import Action, DataChange, format_pointer
from text2llm.edit.yaml import block, flow
from text2llm.edit.yaml.anchors import refuse_shared
from text2llm.edit.yaml.render import render_entry, render_flow, render_flow_entry, render_item
from text2llm.edit.yaml.replace import replace_value
from text2llm.edit.yaml.site import Site
from text2llm.edit.yaml.splice import Splice, apply_splices, column_of, line_end, line_start
from text2llm.edit.yaml.style import YamlStyle, file_style, neighbor_style
from text2llm.errors import EditError


def fill_root(document: Document, key: str, value: Value) -> str:
    """The text with another key at the root, or with the first one of an empty file."""
    style, text, root = file_style(document), document.text, document.root
    if isinstance(root, Mapping):
        return insert_entry(document, root, key, value)
    if root is not None and root.end > root.start:
        raise EditError("this file is not a map of keys", hint="a configuration begins with 'version: 1'")
    place = len(text) if root is None else _behind_marker(text, root.start)
    before = style.newline if text[:place] and not text[:place].endswith("\n") else ""
    after = style.newline if place == len(text) else ""
    return text[:place] + before + style.newline.join(render_entry(key, value, 0, style)) + after + text[place:]


def _behind_marker(text: str, offset: int) -> int:
    """The end of the line that opens an empty document, not of the one that closes it."""
    start = line_start(text, offset)
    return line_end(text, start - 1) if start and text.startswith("...", start) else line_end(text, offset)


def add_below(document: Document, site: Site, rest: Pointer, change: DataChange) -> str:
    """The text with the missing key ``rest[0]`` and its value below the node of ``site``."""
    node = site.node
    if isinstance(node, Mapping):
        return insert_entry(document, node, str(rest[0]), wrap_value(rest[1:], change))
    if isinstance(node, Scalar) and node.value is None and isinstance(rest[0], str):
        return replace_value(document, site, wrap_value(rest, change))
    raise EditError(f"{format_pointer(change.pointer)} cannot be added here", location=document.place(node.start))


def wrap_value(rest: Pointer, change: DataChange) -> Value:
    """The value to write if ``rest`` does not exist yet: maps, or a list, around the change's own.

    Raises:
        EditError: the change needs what does not exist.
    """
    if change.action in (Action.REMOVE, Action.RENAME, Action.MOVE):
        raise EditError(f"{format_pointer(change.pointer)} is not set")
    value: Value = change.value
    for step in reversed(rest):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def insert_entry(document: Document, mapping: Mapping, key: str, value: Value) -> str:
    """The text with a new entry at the end of a map."""
    refuse_shared(document, mapping)
    text, style = document.text, neighbor_style(document, mapping)
    if mapping.flow:
        entry = render_flow_entry(key, value, style)
        return apply_splices(text, flow.insert_part(document, mapping, len(mapping.items), entry, style))
    block.refuse_explicit_key(document, mapping.items[-1][0])
    lines = render_entry(key, value, column_of(text, mapping.start), style)
    return apply_splices(text, [block.insert_lines(document, block.last_line(text, mapping), lines, style.newline)])


def insert_item(document: Document, site: Site, sequence: Sequence, index: int, value: Value) -> str:
    refuse_shared(document, sequence)
    text, style = document.text, neighbor_style(document, sequence)
    is_bare = sequence.flow and not text[sequence.start + 1 : sequence.end - 1].strip()
    if is_bare and not site.in_flow and not style.flow_lists:
        return replace_value(document, site, [value])
    if sequence.flow:
        new = render_flow(value, style)
        return apply_splices(text, flow.insert_part(document, sequence, index, new, style))
    dash = " " * column_of(text, sequence.start)
    line = render_item(value, dash, _dash_gap(text, sequence, style), style)
    if index > 0:
        after = block.last_line(text, sequence.items[index - 1])
        return apply_splices(text, [block.insert_lines(document, after, [line], style.newline)])
    # The first dash may share its line with an outer one, so the new item takes its place.
    return apply_splices(text, [Splice(sequence.start, sequence.start, f"{line[len(dash) :]}{style.newline}{dash}")])


def _dash_gap(text: str, sequence: Sequence, style: YamlStyle) -> str:
    last = sequence.items[-1]
    start = last.start if isinstance(last, Alias) else last.anchor_start
    gap = text[text.rfind("-", 0, start) + 1 : start]
    return gap if gap and not gap.strip(" ") else style.dash_gap
