"""One change of data to the smallest change of text, in the style of what stands around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from text2llm.config.document import Document, is_merge
from text2llm.config.nodes import Alias, Mapping, Node, Pointer, Scalar, Sequence, Value
from text2llm.errors import EditError
from text2llm.plan.change import Action, Change, apply_changes, format_pointer
from text2llm.plan.patch import block, flow
from text2llm.plan.patch.anchors import free_anchors, inherits, refuse_shared
from text2llm.plan.patch.render import (
    inline_value,
    render_entry,
    render_flow,
    render_flow_entry,
    render_item,
    render_nested,
)
from text2llm.plan.patch.splice import Splice, apply_splices, column_of, line_end, next_line
from text2llm.plan.patch.style import Style, file_style, is_string, neighbour_style


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A place in the tree: the collection that holds it, at which index, under which key; ``in_flow``: in any above."""

    parent: Mapping | Sequence
    index: int
    key: Scalar | None
    node: Node
    in_flow: bool


def patch_text(document: Document, change: Change) -> str:
    """The text after one change.

    Raises:
        EditError: the change cannot be made without changing something else.
    """
    site, depth = _descend(document, change)
    target_depth = len(change.pointer) - (change.action is Action.INSERT)
    if depth < target_depth:
        rest = change.pointer[depth:]
        if site is None:
            return _fill_root(document, rest, change)
        moved = _replace_shared(document, site, change, depth) if _needs_replacement(site.node, rest) else None
        return moved if moved is not None else _add_below(document, site, rest, change)
    if site is None:
        raise EditError("the whole file cannot be replaced by an edit")
    return _change_at(document, site, change)


def _descend(document: Document, change: Change) -> tuple[Site | None, int]:
    """The deepest place on the pointer that is written where the pointer says, and how many steps lead there."""
    pointer = change.pointer
    steps = pointer[:-1] if change.action is Action.INSERT else pointer
    site: Site | None = None
    node: Node | None = document.root
    in_flow = False
    for depth, step in enumerate(steps):
        found = _own_child(node, step)
        if found is None:
            return site, depth
        assert isinstance(node, Mapping | Sequence)
        refuse_shared(document, node)
        in_flow = in_flow or node.flow
        site = Site(node, found[0], found[1], found[2], in_flow)
        node = site.node
    return site, len(steps)


def _own_child(node: Node | None, step: str | int) -> tuple[int, Scalar | None, Node] | None:
    if isinstance(node, Mapping):
        for index, (key, value) in enumerate(node.items):
            if key.value == step and not is_merge(key):
                return index, key, value
    elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
        return step, None, node.items[step]
    return None


def _needs_replacement(node: Node, rest: Pointer) -> bool:
    """Whether the value comes from elsewhere (an alias, a merge key), so that a value of its own takes its place."""
    if isinstance(node, Alias):
        return True
    return isinstance(node, Mapping) and isinstance(rest[0], str) and inherits(node, rest[0])


def _replace_shared(document: Document, site: Site, change: Change, depth: int) -> str:
    here = change.pointer[:depth]
    if isinstance(site.node, Alias):
        whole = change.pointer[:depth]
    else:
        whole = change.pointer[: depth + 1]
        if len(change.pointer) == depth + 1 and change.action is Action.SET:
            return _insert_entry(document, site, str(change.pointer[depth]), change.value)
    value: Value = _lookup(apply_changes(document.data, [change]), whole)
    if len(whole) == len(here):
        return _replace(document, site, value)
    if change.action is Action.REMOVE and len(change.pointer) == len(whole):
        raise EditError(
            f"{format_pointer(whole)} comes from a merge key, so it cannot be removed here",
            hint="remove it where it is written",
            location=document.place(site.node.start),
        )
    return _insert_entry(document, site, str(whole[-1]), value)


def _lookup(data: Value, pointer: Pointer) -> Value:
    for step in pointer:
        data = data[step]  # type: ignore[index]
    return data


def _change_at(document: Document, site: Site, change: Change) -> str:
    match change.action:
        case Action.SET:
            return _replace(document, site, change.value)
        case Action.INSERT:
            return _insert_item(document, site, change)
        case Action.REMOVE:
            return _remove(document, site, change)
        case _:
            assert_never(change.action)


# -- adding -----------------------------------------------------------------------------------------------------------


def _fill_root(document: Document, rest: Pointer, change: Change) -> str:
    """Write the first keys of an empty file, or another key of the root map."""
    value = _wrap(rest[1:], change)
    key, style, text = str(rest[0]), file_style(document), document.text
    if isinstance(document.root, Mapping):
        if inherits(document.root, key):
            value = _lookup(apply_changes(document.data, [change]), (key,))
        root = Site(document.root, 0, None, document.root, document.root.flow)
        return _insert_entry(document, root, key, value)
    if document.root is not None and document.root.end > document.root.start:
        raise EditError("this file is not a map of keys", hint="a configuration begins with 'version: 1'")
    block_lines = render_entry(key, value, 0, style)
    place = len(text) if document.root is None else line_end(text, document.root.start)
    before = style.newline if text[:place] and not text[:place].endswith("\n") else ""
    after = style.newline if place == len(text) else ""
    return text[:place] + before + style.newline.join(block_lines) + after + text[place:]


def _wrap(rest: Pointer, change: Change) -> Value:
    """The value to write where ``rest`` has no place yet: maps around the change's own."""
    if change.action is Action.REMOVE:
        raise EditError(f"there is nothing at {format_pointer(change.pointer)}")
    value: Value = change.value
    for step in reversed(rest):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def _add_below(document: Document, site: Site, rest: Pointer, change: Change) -> str:
    """Add the missing key ``rest[0]``, with what leads on from there, below the node of ``site``."""
    node = site.node
    if isinstance(node, Mapping):
        return _insert_entry(document, site, str(rest[0]), _wrap(rest[1:], change))
    if isinstance(node, Scalar) and node.value is None and isinstance(rest[0], str):
        return _replace(document, site, _wrap(rest, change))
    raise EditError(f"there is no place for {format_pointer(change.pointer)}", location=document.place(node.start))


def _insert_entry(document: Document, site: Site, key: str, value: Value) -> str:
    mapping, text = site.node, document.text
    assert isinstance(mapping, Mapping)
    refuse_shared(document, mapping)
    style = neighbour_style(document, mapping)
    if mapping.flow:
        entry = render_flow_entry(key, value, style)
        return apply_splices(text, flow.insert_part(document, mapping, len(mapping.items), entry, style))
    block.refuse_explicit_key(document, mapping.items[-1][0])
    lines = render_entry(key, value, column_of(text, mapping.start), style)
    return apply_splices(text, [block.insert_lines(document, block.last_line(text, mapping), lines, style.newline)])


def _insert_item(document: Document, site: Site, change: Change) -> str:
    sequence, index, text = site.node, change.pointer[-1], document.text
    assert isinstance(index, int)
    if isinstance(sequence, Alias) or not isinstance(sequence, Sequence):
        current = document.data if isinstance(sequence, Alias) else None
        if current is None:
            return _replace(document, site, [change.value])
        return _replace(document, site, _lookup(apply_changes(document.data, [change]), change.pointer[:-1]))
    refuse_shared(document, sequence)
    style = neighbour_style(document, sequence)
    if sequence.flow and not sequence.items and not site.in_flow and not style.flow_lists:
        return _replace(document, site, [change.value])
    if sequence.flow:
        new = render_flow(change.value, style)
        return apply_splices(text, flow.insert_part(document, sequence, index, new, style))
    dash = " " * column_of(text, sequence.start)
    line = render_item(change.value, dash, _dash_gap(text, sequence, style), style)
    if index > 0:
        after = block.last_line(text, sequence.items[index - 1])
        return apply_splices(text, [block.insert_lines(document, after, [line], style.newline)])
    head = line + style.newline + dash
    return apply_splices(text, [Splice(sequence.start, sequence.start, head[len(dash) :])])


def _dash_gap(text: str, sequence: Sequence, style: Style) -> str:
    last = sequence.items[-1]
    start = last.start if isinstance(last, Alias) else last.anchor_start
    gap = text[text.rfind("-", 0, start) + 1 : start]
    return gap if gap and not gap.strip(" ") else style.dash_gap


# -- replacing --------------------------------------------------------------------------------------------------------


def _replace(document: Document, site: Site, value: Value) -> str:
    freed = free_anchors(document, site.node)
    if freed is not None:
        return _again(document, freed, site, value)
    text, node = document.text, site.node
    style = neighbour_style(document, site.parent, skip=node)
    if isinstance(node, Scalar) and is_string(node):
        style = replace(style, quote=node.style)
    inline = render_flow(value, style) if site.in_flow or site.key is None else inline_value(value, style)
    if isinstance(node, Mapping | Sequence) and not node.flow:
        return _replace_block(document, site, value, inline, style)
    if inline is not None:
        return apply_splices(text, [_inline_splice(document, site, inline)])
    assert site.key is not None
    lines = render_nested(value, column_of(text, site.key.anchor_start), style)
    after = max(node.end, block.after_colon(document, site.key))
    start = max(block.after_colon(document, site.key), _end_of_blank(text, node.start))
    return apply_splices(text, [Splice(start, node.end), block.insert_lines(document, after, lines, style.newline)])


def _end_of_blank(text: str, start: int) -> int:
    """Where the white space before ``start`` begins: it goes with the value that goes."""
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    return start


def _inline_splice(document: Document, site: Site, inline: str) -> Splice:
    text, node = document.text, site.node
    if node.end > node.start:
        end = node.end
        if isinstance(node, Scalar) and node.style in ("|", ">"):
            end = block.last_line(text, node)
        return Splice(node.start, end, inline)
    if site.key is None:
        return Splice(node.start, node.start, inline if text[node.start - 1 : node.start].isspace() else f" {inline}")
    colon = text[site.key.end : node.start].rstrip().endswith(":") or not site.in_flow
    if isinstance(node, Scalar) and node.anchor is not None:
        return Splice(node.start, node.start, f" {inline}")
    place = block.after_colon(document, site.key) if colon else site.key.end
    return Splice(place, place, f" {inline}" if colon else f": {inline}")


def _replace_block(document: Document, site: Site, value: Value, inline: str | None, style: Style) -> str:
    """Put a value in place of a block collection, whose lines go."""
    text, node, key = document.text, site.node, site.key
    assert isinstance(node, Mapping | Sequence)
    last = block.last_line(text, node)
    if key is None:
        dash = block.dash_of(document, site.parent, site.index) if isinstance(site.parent, Sequence) else node.start
        return apply_splices(text, [Splice(dash + 1, line_end(text, last), f" {render_flow(value, style)}")])
    colon = block.after_colon(document, key)
    below = next_line(text, colon)
    if inline is not None:
        # The anchor of the old value, which nothing uses, goes with it.
        behind = colon if node.anchor is None else node.anchor_start + 1 + len(node.anchor)
        splices = [Splice(colon, behind, f" {inline}"), Splice(line_end(text, colon), line_end(text, last))]
        return apply_splices(text, splices)
    lines = render_nested(value, column_of(text, key.anchor_start), style)
    new = style.newline.join(lines)
    return apply_splices(text, [Splice(below, line_end(text, last), new)])


def _again(document: Document, text: str, site: Site, value: Value) -> str:
    from text2llm.config.reader import read_document

    fresh = read_document(document.path, text.encode())
    pointer = _pointer_to(document, site.node)
    return patch_text(fresh, Change(Action.SET, pointer, value))


# -- removing ---------------------------------------------------------------------------------------------------------


def _remove(document: Document, site: Site, change: Change) -> str:
    freed = free_anchors(document, site.node)
    if freed is not None:
        from text2llm.config.reader import read_document

        return patch_text(read_document(document.path, freed.encode()), change)
    parent, text = site.parent, document.text
    if parent.flow:
        return apply_splices(text, flow.remove_part(document, parent, site.index))
    if len(parent.items) == 1:
        return apply_splices(text, block.empty_collection(document, parent, _key_of(document, parent)))
    if isinstance(parent, Mapping):
        return apply_splices(text, [block.remove_entry(document, parent, site.index)])
    return apply_splices(text, [block.remove_item(document, parent, site.index)])


def _key_of(document: Document, node: Node) -> Scalar | None:
    pointer = _pointer_to(document, node)
    key: Scalar | None = None
    current: Node | None = document.root
    for step in pointer:
        found = _own_child(current, step)
        assert found is not None
        _index, key, current = found
    return key


def _pointer_to(document: Document, wanted: Node) -> Pointer:
    pending: list[tuple[Pointer, Node]] = [] if document.root is None else [((), document.root)]
    while pending:
        pointer, node = pending.pop()
        if node is wanted:
            return pointer
        if isinstance(node, Mapping):
            pending.extend(((*pointer, str(key.value)), value) for key, value in node.items if not is_merge(key))
        elif isinstance(node, Sequence):
            pending.extend(((*pointer, index), item) for index, item in enumerate(node.items))
    raise EditError("this value is not written in this file")
