"""What each line of a file is about. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.config.document import Document
from text2llm.config.nodes import Alias, Mapping, Node, Pointer, Scalar, Sequence


def find_subjects(document: Document) -> dict[int, Pointer]:
    """By line, counted from 1, the keys that lead to the first key or value that begins there.

    A plain item of a list is named by its text, since its number changes with each item that comes before it.
    """
    found: dict[int, Pointer] = {}
    for offset, pointer in _starts(document.root, ()):
        found.setdefault(document.place(offset).line, pointer)
    return found


def _starts(node: Node | None, pointer: Pointer) -> Iterator[tuple[int, Pointer]]:
    if isinstance(node, Scalar | Alias):
        yield node.start, pointer
    elif isinstance(node, Mapping):
        for key, value in node.items:
            below = (*pointer, str(key.value))
            yield key.start, below
            yield from _starts(value, below)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _starts(item, (*pointer, str(item.value) if isinstance(item, Scalar) else index))
