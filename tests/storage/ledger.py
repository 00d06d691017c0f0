"""What a file must hold after operations that were acknowledged, refused, or cut off by a kill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Values = frozenset[str | None]
_ABSENT: Values = frozenset({None})


@dataclass
class Ledger:
    """The values that each item may have; ``None`` is an item that is not there.

    Of one item, one operation runs at a time. One that was cut off may have been made, or not.
    """

    values: defaultdict[str, Values] = field(default_factory=lambda: defaultdict(lambda: _ABSENT))
    before: dict[str, Values] = field(default_factory=dict)
    seen: defaultdict[str, Values] = field(default_factory=lambda: defaultdict(lambda: _ABSENT))

    def start(self, item: str, value: str | None) -> None:
        self.before[item] = self.values[item]
        self._set(item, self.values[item] | {value})

    def acknowledge(self, item: str, value: str | None) -> None:
        del self.before[item]
        self._set(item, frozenset({value}))

    def refuse(self, item: str) -> None:
        self._set(item, self.before.pop(item))

    def cut_off(self, items: Iterable[str]) -> int:
        """Note what a kill has interrupted; the number of operations in doubt."""
        return sum(self.before.pop(item, None) is not None for item in items)

    def _set(self, item: str, values: Values) -> None:
        self.values[item] = values
        self.seen[item] |= values

    def open_window(self) -> None:
        """Begin a look at the file: what may be found is any value between now and :meth:`find_losses`."""
        self.seen.clear()
        self.seen.update(self.values)

    def find_losses(self, found: Mapping[str, str]) -> list[str]:
        """What is in the file and must not be, or is missing, or has another value."""
        items = self.seen.keys() | found.keys()
        return [
            f"{item} is {found.get(item)}, not {' or '.join(sorted(map(str, self.seen[item])))}"
            for item in sorted(items)
            if found.get(item) not in self.seen[item]
        ]


@dataclass(frozen=True)
class Span:
    """The seconds between which an operation ran; at the last it was killed."""

    start: float
    end: float


def find_double_spends(spent: Iterable[tuple[str, float]], killed: Iterable[Span]) -> list[str]:
    """The tokens that were sent twice, although the first sender was not killed between both times."""
    spans, first, doubles = list(killed), dict[str, float](), []
    for token, now in spent:
        before = first.get(token)
        if before is not None and not any(span.start <= before <= span.end <= now for span in spans):
            doubles.append(f"{token} was sent at {before:.3f} and {now:.3f}")
        first[token] = now
    return doubles
