"""Semantic changes reported to a reviewer. Values only."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, TypeAlias

from text2llm.catalog.facts import CatalogSource
from text2llm.diagnostics import Location
from text2llm.diff.both import Both

#: Characters of a commit's id that identify it in a repository of common size.
SHORT_COMMIT = 10
FactValue: TypeAlias = "int | float | str | tuple[str, ...] | None"

NOTHING: Both[None] = Both(None, None)


class Level(Enum):
    """The severity of a change; the order is that of a report."""

    DANGER = "danger"
    WARNING = "warning"
    CHANGE = "change"


class Fact(NamedTuple):
    """A catalog value of a model that changes; ``None`` is unknown, or no model on that side.

    ``name`` is ``inputPrice``, ``outputPrice``, ``cacheReadPrice`` or ``cacheWritePrice`` (US dollars per million
    tokens), ``contextWindow`` or ``maxTokens`` (tokens), ``inputs``, ``reasoning``, or ``retires`` (a date).
    ``old_source`` and ``new_source`` say whose price it is, if it is a list price of another provider.
    """

    name: str
    old: FactValue
    new: FactValue
    old_source: str | None = None
    new_source: str | None = None


class HidingPlace(NamedTuple):
    """An environment under which a change of the configuration has no effect, and the place that hides it."""

    environment: str
    place: Location | None


class Change(NamedTuple):
    """One change of meaning. ``kind`` is a stable word for programs; ``message`` is the whole text.

    ``texts`` are the values, ``None`` if unset on that side, and ``places`` where they are set. ``agents`` are the
    listed agents that inherit the change. ``environments`` are those under which it has an effect, if there are any:
    ``base`` is the configuration alone; ``hidden`` are others, where it has none.
    """

    kind: str
    level: Level
    subject: str
    message: str
    texts: Both[str | None] = NOTHING
    places: Both[Location | None] = NOTHING
    facts: tuple[Fact, ...] = ()
    agents: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    hidden: tuple[HidingPlace, ...] = ()


class Side(NamedTuple):
    """One of the two configurations. ``commit`` is ``None`` for the working tree."""

    name: str
    commit: str | None
    present: bool = True


class Comparison(NamedTuple):
    """The changes between two configurations, the most dangerous first, and the source of model facts.

    ``path`` is that of the configuration in its repository. ``others`` are the comparisons of configurations in the
    folders below that have changed.
    """

    before: Side
    after: Side
    path: str
    changes: tuple[Change, ...]
    catalog: CatalogSource
    others: tuple[Comparison, ...] = ()

    def reaches(self, level: Level) -> bool:
        """Whether a change of any of the configurations is at least as severe."""
        severe = tuple(Level)[: tuple(Level).index(level) + 1]
        return any(change.level in severe for each in (self, *self.others) for change in each.changes)

    @property
    def changed(self) -> bool:
        """Whether any of the configurations has changed in meaning."""
        return bool(self.changes or self.others)
