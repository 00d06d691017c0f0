"""The nodes of a parsed file: data with the position of each piece.

Positions are offsets in code points into :attr:`Document.text`. ``start`` is where the value itself begins, after
an anchor; ``anchor_start`` is where the anchor begins, or equal to ``start`` when there is none.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"
#: The keys and indices that lead from the root to a value.
Pointer: TypeAlias = tuple[str | int, ...]


class Scalar(NamedTuple):
    """A scalar; ``style`` is ``""`` (plain), ``"'"``, ``'"'``, ``"|"`` or ``">"``."""

    value: str | int | float | bool | None
    start: int
    end: int
    style: str
    anchor: str | None
    anchor_start: int


class Sequence(NamedTuple):
    """A list. A block list's ``end`` is that of its last leaf: libyaml's end mark lies past trailing comments."""

    items: tuple[Node, ...]
    start: int
    end: int
    flow: bool
    anchor: str | None
    anchor_start: int


class Mapping(NamedTuple):
    """A map; ``items`` are its written entries in order, merge keys included.

    ``names`` has the index of each written key, ``merged`` the value of the merge key.
    """

    items: tuple[tuple[Scalar, Node], ...]
    names: dict[str, int]
    merged: Node | None
    start: int
    end: int
    flow: bool
    anchor: str | None
    anchor_start: int


class Alias(NamedTuple):
    name: str
    start: int
    end: int
    target: Scalar | Sequence | Mapping


Node: TypeAlias = Scalar | Sequence | Mapping | Alias
