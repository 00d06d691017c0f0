"""Remove many items of a block list at once: after each single change the whole file would be read again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from text2llm.config.document import Document
from text2llm.config.nodes import Pointer, Scalar, Sequence
from text2llm.edit.change import Action, DataChange
from text2llm.edit.yaml import block
from text2llm.edit.yaml.site import descend
from text2llm.edit.yaml.splice import apply_splices, starts_line
from text2llm.errors import EditError


def group_removals(changes: list[DataChange]) -> Iterator[list[DataChange]]:
    """Changes in their order; removals from one list, from its end on, are together."""
    for parent, group in groupby(changes, _find_list):
        run = list(group)
        falls = parent is not None and all(_index(after) < _index(before) for before, after in pairwise(run))
        yield from [run] if falls else ([change] for change in run)


def _find_list(change: DataChange) -> Pointer | None:
    is_item = change.action is Action.REMOVE and isinstance(change.pointer[-1], int)
    return change.pointer[:-1] if is_item else None


def _index(change: DataChange) -> int:
    return int(change.pointer[-1])


def remove_together(document: Document, changes: list[DataChange]) -> str | None:
    """The text without the items; ``None`` if they must be removed one by one."""
    site, depth = descend(document, changes[0].pointer)
    indices = list(map(_index, changes))
    if site is None or depth < len(changes[0].pointer) or not isinstance(site.parent, Sequence):
        return None
    items, text = site.parent.items, document.text
    own = [items[index] for index in indices]
    if site.parent.flow or not starts_line(text, site.parent.start):
        return None
    if not all(isinstance(node, Scalar) and node.anchor is None for node in own):
        return None
    splices = [block.remove_item(document, site.parent, index) for index in indices if index or len(own) < len(items)]
    if len(own) == len(items):
        rest = site.parent._replace(items=items[:1])
        splices += block.empty_collection(document, rest, site.parent_key)
    try:
        return apply_splices(text, splices)
    except EditError:  # the lines of two items meet at the end of a file without final newline
        return None
