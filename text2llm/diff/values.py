"""Values of a file, compared and shown. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from text2llm.diff.both import Both
from text2llm.redaction import Layer, redact

_Item = TypeVar("_Item", bound=Hashable)
_MAX_LENGTH = 1000


def compare_values(values: Both[Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Both[Any]]]:
    """The values that differ, with their keys; a list is one value, and so is an empty map."""
    maps = values.map(lambda value: value if isinstance(value, dict) else {})
    both = isinstance(values.old, dict) and isinstance(values.new, dict)
    plain = values.map(lambda value: None if isinstance(value, dict) and (value or both) else value)
    # Python treats 1 and true as equal.
    if plain.map(repr).differ() and plain.map(lambda value: (type(value), value)).differ():
        yield path, plain
    for key in dict.fromkeys((*maps.old, *maps.new)):
        yield from compare_values(Both(maps.old.get(key), maps.new.get(key)), (*path, key))


class ListStep(NamedTuple, Generic[_Item]):
    """One item and its positions, counted from 1; ``None`` if it is not in the list."""

    item: _Item
    old: int | None
    new: int | None


def compare_lists(old: Sequence[_Item], new: Sequence[_Item]) -> Iterator[ListStep[_Item]]:
    """The fewest steps from one list to the other: removals first, then by new position.

    An item that only shifts because of others has not moved.
    """
    before, after = _number(old), _number(new)
    for item, position in before.items():
        if item not in after:
            yield ListStep(item[0], position, None)
    kept = [item for item in after if item in before]
    still = _longest_rise([before[item] for item in kept])
    for item, position in after.items():
        if before.get(item) not in still:
            yield ListStep(item[0], before.get(item), position)


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


def show_value(value: Any) -> str:
    """A value as YAML shows it, on one line; ``none`` if absent."""
    import json

    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def show_values(values: Both[Any]) -> Both[str]:
    """Two values that differ; a text is quoted if only quotes distinguish the two."""
    import json

    shown = values.map(show_value)
    return shown if shown.differ() else values.map(lambda value: json.dumps(value, ensure_ascii=False))


def hide(text: str, *layers: Layer) -> str:
    """A text without credentials, cut only after that: a partial match would be missed."""
    hidden = redact(text, *layers)
    return hidden if len(hidden) <= _MAX_LENGTH else f"{hidden[: _MAX_LENGTH - 1]}…"


def show_span(milliseconds: int) -> str:
    """A span in the largest unit that says it exactly: ``24h``, ``90s``, ``1500ms``."""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"
