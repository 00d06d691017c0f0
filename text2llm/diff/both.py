"""A value on either side of a comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

_Value_co = TypeVar("_Value_co", covariant=True)
_Other = TypeVar("_Other")
_Made = TypeVar("_Made")
_Key = TypeVar("_Key")


class Both(NamedTuple, Generic[_Value_co]):
    """A value on the old side and on the new one."""

    old: _Value_co
    new: _Value_co

    def map(self, make: Callable[[_Value_co], _Made]) -> Both[_Made]:
        return Both(make(self.old), make(self.new))

    def join(self, other: Both[_Other], make: Callable[[_Value_co, _Other], _Made]) -> Both[_Made]:
        """Combine each value with the other one of its side."""
        return Both(make(self.old, other.old), make(self.new, other.new))

    def differ(self) -> bool:
        return bool(self.old != self.new)


def pair_entries(tables: Both[Mapping[_Key, _Made]]) -> Iterator[tuple[_Key, Both[_Made | None]]]:
    """Each key of either side in order, with its values."""
    for key in dict.fromkeys((*tables.old, *tables.new)):
        yield key, Both(tables.old.get(key), tables.new.get(key))
