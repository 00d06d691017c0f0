"""What happened to the items of a list: taken out, put in, moved. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

_Item = TypeVar("_Item", bound=Hashable)


class Step(NamedTuple, Generic[_Item]):
    """One item and its positions, counted from 1; ``None`` where it is not in the list."""

    item: _Item
    old: int | None
    new: int | None


def compare_lists(old: Sequence[_Item], new: Sequence[_Item]) -> Iterator[Step[_Item]]:
    """The fewest steps that make one list of the other: removals first, then by the new position.

    An item that only shifts because others came or went has not moved.
    """
    before, after = _number(old), _number(new)
    for item, position in before.items():
        if item not in after:
            yield Step(item[0], position, None)
    kept = [item for item in after if item in before]
    still = _longest_rise([before[item] for item in kept])
    for item, position in after.items():
        if before.get(item) not in still:
            yield Step(item[0], before.get(item), position)


def _number(items: Sequence[_Item]) -> dict[tuple[_Item, int], int]:
    """The position of each occurrence of each item."""
    seen: Counter[_Item] = Counter()
    numbered = {}
    for position, item in enumerate(items, 1):
        seen[item] += 1
        numbered[item, seen[item]] = position
    return numbered


def _longest_rise(numbers: list[int]) -> set[int]:
    """The numbers of a longest rising subsequence."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        before[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    rise: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        rise.add(last)
        last = before[last]
    return rise
