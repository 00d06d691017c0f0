"""Document: the text of one file, its data, and the position of each value."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from text2llm.config.nodes import Alias, Mapping, Node, Pointer, Scalar, Sequence, Value
from text2llm.diagnostics import Location

BOM = "\ufeff"


class Document(NamedTuple):
    """One file. ``text`` is without a byte order mark (``bom``: it had one); ``root`` is ``None`` without content."""

    path: str
    text: str
    bom: bool
    root: Node | None
    data: Value

    @property
    def digest(self) -> str:
        """The SHA-256 of the file's bytes, in hex."""
        import hashlib  # it loads OpenSSL, and few commands need a digest

        return hashlib.sha256(self.encode()).hexdigest()

    def encode(self) -> bytes:
        return self.encode_text(self.text, bom=self.bom)

    @staticmethod
    def encode_text(text: str, *, bom: bool) -> bytes:
        return ((BOM if bom else "") + text).encode()

    def place(self, offset: int) -> Location:
        """Line and column of an offset into ``text``."""
        starts = line_starts(self.text)
        line = bisect_right(starts, offset)
        return Location(self.path, line, offset - starts[line - 1] + 1)

    def find_node(self, pointer: Pointer) -> Node | None:
        """The node at ``pointer``, through aliases and merge keys: a map or list used in many places is the same node.

        An alias to a scalar is a node of its own, as it is a place of its own.
        """
        node = self.root
        for step in pointer:
            found = step_into(node, step)
            if found is None:
                return None
            node = found[1]
        target = resolve_alias(node)
        return node if isinstance(target, Scalar) else target

    def is_empty(self, pointer: Pointer) -> bool:
        """Whether nothing is written for the value at ``pointer``, not even ``null``."""
        node = resolve_alias(self.find_node(pointer))
        return isinstance(node, Scalar) and node.value is None and node.end <= node.start

    def locate(self, pointer: Pointer, *, key: bool = False) -> Location:
        """The position of the value at ``pointer`` (with ``key``: of its key), or of the nearest parent that exists.

        A value that comes through an alias or a merge key is located where it is written.
        """
        node, offset = self.root, 0
        for step in pointer:
            found = step_into(node, step)
            if found is None:
                break
            key_node, node = found
            offset = key_node.start if key and key_node is not None else node.start
        return self.place(offset)


@lru_cache(maxsize=16)
def line_starts(text: str) -> tuple[int, ...]:
    """The offset of each line's first character."""
    starts, at = [0], text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return tuple(starts)


def resolve_alias(node: Node | None) -> Scalar | Sequence | Mapping | None:
    return node.target if isinstance(node, Alias) else node


def step_into(node: Node | None, step: str | int) -> tuple[Scalar | None, Node] | None:
    """The key and value nodes one step below ``node``, through aliases and merge keys; ``None`` if absent."""
    match resolve_alias(node), step:
        case Mapping() as mapping, str(name):
            return find_entry(mapping, name)
        case Sequence(items), int(index) if 0 <= index < len(items):
            return None, items[index]
        case _:
            return None


def find_entry(mapping: Mapping, name: str) -> tuple[Scalar, Node] | None:
    """The entry of a map called ``name``: a written one, else the first that a merge key includes."""
    at = mapping.names.get(name)
    if at is not None:
        return mapping.items[at]
    for source in () if mapping.merged is None else merge_sources(mapping.merged):
        found = find_entry(source, name)
        if found is not None:
            return found
    return None


def is_merge(key: Scalar) -> bool:
    return key.style == "" and key.value == "<<"


def merge_sources(value: Node) -> list[Mapping]:
    target = resolve_alias(value)
    candidates = target.items if isinstance(target, Sequence) else (target,)
    return [source for source in map(resolve_alias, candidates) if isinstance(source, Mapping)]


def find_empty(document: Document) -> Iterator[Pointer]:
    """The keys of a file that have no value at all, not even a written ``null``: they say nothing."""
    yield from _find_empty(document, document.data, ())


def _find_empty(document: Document, data: Any, at: Pointer) -> Iterator[Pointer]:
    for name, value in data.items() if isinstance(data, dict) else ():
        pointer = (*at, name)
        if value is None and document.is_empty(pointer):
            yield pointer
        yield from _find_empty(document, value, pointer)


def drop_empty(document: Document) -> dict[str, Any]:
    """The data of a file without the keys that have no value."""
    data = _without(document.data, frozenset(find_empty(document)))
    return data if isinstance(data, dict) else {}


def _without(data: Any, dropped: frozenset[Pointer], at: Pointer = ()) -> Any:
    if not dropped or not isinstance(data, dict):
        return data
    kept = {name: value for name, value in data.items() if (*at, name) not in dropped}
    return {name: _without(value, dropped, (*at, name)) for name, value in kept.items()}
