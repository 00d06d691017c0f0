"""Turn one change of data into the smallest change of text, in the style around it."""

from __future__ import annotations

from typing import assert_never

from text2llm.config.document import Document
from text2llm.config.nodes import Alias, Mapping, Node, Pointer, Sequence
from text2llm.config.reader import read_document
from text2llm.edit.change import Action, DataChange, apply_changes, format_pointer, value_at
from text2llm.edit.yaml import block, flow
from text2llm.edit.yaml.add import add_below, fill_root, insert_entry, insert_item, wrap_value
from text2llm.edit.yaml.anchors import free_anchors, inherits
from text2llm.edit.yaml.render import write_scalar
from text2llm.edit.yaml.replace import replace_value
from text2llm.edit.yaml.site import Site, descend
from text2llm.edit.yaml.splice import Splice, apply_splices
from text2llm.errors import EditError


def patch_text(document: Document, change: DataChange) -> str:
    """The text after one change.

    Raises:
        EditError: the change cannot be made without changing something else.
    """
    place = change.pointer[:-1] if change.action is Action.INSERT else change.pointer
    site, depth = descend(document, place)
    if depth == len(place) and site is not None:
        return _change_at(document, site, change)
    rest = change.pointer[depth:]
    if site is None:
        return _change_root(document, rest, change)
    if isinstance(site.node, Alias):
        return _replace_alias(document, site, change, depth)
    if _comes_by_merge(site.node, rest):
        return _override(document, site.node, change, depth)
    return add_below(document, site, rest, change)


def _change_root(document: Document, rest: Pointer, change: DataChange) -> str:
    if not rest:
        raise EditError("an edit cannot replace the whole file")
    if _comes_by_merge(document.root, rest):
        return _override(document, document.root, change, 0)
    return fill_root(document, str(rest[0]), wrap_value(rest[1:], change))


def _comes_by_merge(node: Node | None, rest: Pointer) -> bool:
    return isinstance(node, Mapping) and isinstance(rest[0], str) and inherits(node, rest[0])


def _replace_alias(document: Document, site: Site, change: DataChange, depth: int) -> str:
    """Write the changed value in place of an alias, since others use its target."""
    return replace_value(document, site, value_at(apply_changes(document.data, [change]), change.pointer[:depth]))


def _override(document: Document, node: Node | None, change: DataChange, depth: int) -> str:
    """Set the changed value in the map itself, since others use the merged one."""
    assert isinstance(node, Mapping)
    whole = change.pointer[: depth + 1]
    if change.action in (Action.REMOVE, Action.RENAME) and change.pointer == whole:
        raise EditError(
            f"{format_pointer(whole)} comes from a merge key, so it cannot be {change.action.value}d here",
            hint=f"{change.action.value} it where it is set",
            location=document.place(node.start),
        )
    value = value_at(apply_changes(document.data, [change]), whole)
    return insert_entry(document, node, str(whole[-1]), value)


def _change_at(document: Document, site: Site, change: DataChange) -> str:
    match change.action:
        case Action.SET | Action.REMOVE:
            freed = free_anchors(document, site.node)
            if freed is not None:
                return patch_text(read_document(document.path, freed.encode()), change)
            is_set = change.action is Action.SET
            return replace_value(document, site, change.value) if is_set else _remove(document, site)
        case Action.INSERT:
            return _insert(document, site, change)
        case Action.RENAME:
            return _rename(document, site, str(change.value))
        case Action.MOVE:
            return _move(document, site, change)
        case _:
            assert_never(change.action)


def _insert(document: Document, site: Site, change: DataChange) -> str:
    index = change.pointer[-1]
    if isinstance(site.node, Sequence) and isinstance(index, int):
        return insert_item(document, site, site.node, index, change.value)
    if isinstance(site.node, Alias):
        return _replace_alias(document, site, change, len(change.pointer) - 1)
    raise EditError(f"{format_pointer(change.pointer[:-1])} is not a list")


def _rename(document: Document, site: Site, name: str) -> str:
    key = site.key
    if key is None:
        raise EditError("an item of a list has no name to change")
    written = write_scalar(name, key.style if key.style in ("'", '"') else "", flow=site.in_flow)
    return apply_splices(document.text, [Splice(key.start, key.end, written)])


def _move(document: Document, site: Site, change: DataChange) -> str:
    """The text with an item elsewhere in its list: with its lines, or rewritten where a line has several items."""
    parent, target, whole = site.parent, change.value, change.pointer[:-1]
    if not isinstance(parent, Sequence) or type(target) is not int or not 0 <= target < len(parent.items):
        raise EditError(f"{format_pointer(change.pointer)} cannot be moved there")
    splices = block.move_item(document, parent, site.index, target)
    if splices:
        return apply_splices(document.text, splices)
    value = value_at(document.data, change.pointer)
    text = patch_text(document, DataChange(Action.REMOVE, change.pointer))
    without = read_document(document.path, text.encode())
    return patch_text(without, DataChange(Action.INSERT, (*whole, target), value))


def _remove(document: Document, site: Site) -> str:
    parent, text = site.parent, document.text
    if parent.flow:
        return apply_splices(text, flow.remove_part(document, parent, site.index))
    if len(parent.items) == 1:
        return apply_splices(text, block.empty_collection(document, parent, site.parent_key))
    if isinstance(parent, Mapping):
        return apply_splices(text, [block.remove_entry(document, parent, site.index)])
    return apply_splices(text, [block.remove_item(document, parent, site.index)])
