"""Both: a value on either side of a comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

_Value_co = TypeVar("_Value_co", covariant=True)
_Other = TypeVar("_Other")
_Made = TypeVar("_Made")


class Both(NamedTuple, Generic[_Value_co]):
    """A value of the old side and that of the new one."""

    old: _Value_co
    new: _Value_co

    def map(self, make: Callable[[_Value_co], _Made]) -> Both[_Made]:
        """What is made of each."""
        return Both(make(self.old), make(self.new))

    def join(self, other: Both[_Other], make: Callable[[_Value_co, _Other], _Made]) -> Both[_Made]:
        """What is made of each and of the other value of its side."""
        return Both(make(self.old, other.old), make(self.new, other.new))

    def differ(self) -> bool:
        """Whether the two are not equal."""
        return bool(self.old != self.new)
