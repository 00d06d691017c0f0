"""Where the values of a configuration under an environment come from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from text2llm.config.document import Document
from text2llm.config.nodes import Pointer


class ValuePlace(NamedTuple):
    """Where a value is: ``inner`` leads to it in the environment's file (``own``), else in the base's data."""

    own: bool
    inner: Pointer


class DoubleKey(NamedTuple):
    """Two keys of one map in an environment that are spellings of one name."""

    first: Pointer
    second: Pointer


@dataclass(frozen=True, slots=True)
class EnvironmentLayer:
    """An environment over a configuration.

    Pointers are into the merged data, what they map to is in the environment's file. ``places`` are those of values
    that are not where the base has them; the base has all others. ``removed`` are the keys that the environment
    removes, ``taken`` the places in the base of aliases and of the mark ``default`` that it gives to others.
    """

    name: str
    document: Document
    places: Mapping[Pointer, ValuePlace]
    removed: Mapping[Pointer, Pointer]
    taken: Mapping[Pointer, Pointer]
    doubles: tuple[DoubleKey, ...] = ()

    def find_place(self, pointer: Pointer) -> ValuePlace:
        """Where the value at ``pointer`` is."""
        return find_place(self.places, pointer) or ValuePlace(own=False, inner=pointer)


def find_place(places: Mapping[Pointer, ValuePlace], pointer: Pointer) -> ValuePlace | None:
    """Where a value is, by the nearest of what it is part of; ``None`` if it is where the base has it."""
    for length in range(len(pointer), 0, -1):
        found = places.get(pointer[:length])
        if found is not None:
            return ValuePlace(found.own, (*found.inner, *pointer[length:]))
    return None
