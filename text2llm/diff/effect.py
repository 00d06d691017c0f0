"""Under which environments a change has an effect: one line for all of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from text2llm.auth.reading import Reading
from text2llm.config.document import Document
from text2llm.config.environment import BASE
from text2llm.config.merge import EnvironmentLayer
from text2llm.config.model import Config
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Location
from text2llm.diff.both import Both
from text2llm.diff.change import Change, HidingPlace, Level
from text2llm.diff.compare import compare_meaning, sort_changes

#: A configuration on both sides by environment; ``None`` on the side that does not have that one.
Views: TypeAlias = Mapping[str, Both[Reading | None]]
#: The path of a file as it is shown.
Spell: TypeAlias = Callable[[str], str]


def compare_views(
    alone: Both[Reading], views: Views, agent: str | None = None, spell: Spell = str, only: str | None = None
) -> tuple[Change, ...]:
    """The changes under each environment, each once; one that not all have says which.

    ``alone`` is the configuration itself, which does not count if it is abstract, or with ``only`` that environment.
    An environment that one side lacks is told first; of an added one, what it changes is compared with the
    configuration. ``agent`` is as in :func:`compare_meaning`.
    """
    found, absent = dict[str, tuple[Change, ...]](), list[Change]()
    if only is None and not (alone.new if alone.new.present else alone.old).config.abstract:
        found[BASE] = compare_meaning(alone, agent)
    for name, readings in views.items():
        old, new = readings
        if old is None or new is None:
            absent.append(_tell_absent(name, readings))
        if new is not None:
            found[name] = compare_meaning(Both(old or alone.new, new), agent)
    return sort_changes((*absent, *group_changes(found, views, spell)))


def _tell_absent(name: str, readings: Both[Reading | None]) -> Change:
    places = readings.map(lambda each: each and _locate_file(each.config))
    is_new, subject = readings.old is None, f"environment {name}"
    shown = next(place.path for place in places if place is not None)
    path = shown.rpartition(":")[2].rpartition("/")[2]
    kind, level = ("added", Level.CHANGE) if is_new else ("removed", Level.WARNING)
    texts = Both(None if is_new else path, path if is_new else None)
    return Change(
        f"environment-{kind}", level, subject, f"{subject} {kind}: {path}", texts, places, environments=(name,)
    )


def _locate_file(config: Config) -> Location | None:
    return None if config.environment is None else config.environment.document.locate(("environment",))


def group_changes(found: Mapping[str, Sequence[Change]], views: Views, spell: Spell = str) -> Iterator[Change]:
    """Changes by environment, each once."""
    groups: dict[Change, dict[str, Change]] = {}
    for name, changes in found.items():
        for change in changes:
            bare = change._replace(places=_NO_PLACES, agents=())
            groups.setdefault(bare, {})[name] = change
    for having in groups.values():
        first = next(iter(having.values()))
        agents = dict.fromkeys(agent for each in having.values() for agent in each.agents)
        others = [name for name in found if name not in having]
        whole = first._replace(agents=tuple(agents), environments=tuple(having))
        yield _tell(whole, others, views, spell) if others else whole


_NO_PLACES: Both[Location | None] = Both(None, None)


def _tell(change: Change, others: Sequence[str], views: Views, spell: Spell) -> Change:
    names = ", ".join(change.environments)
    if BASE not in change.environments:
        return change._replace(message=f"only {names}: {change.message}")
    hidings = tuple(_find_hiding(name, change, views[name]) for name in others)
    shown = ", ".join(_show(each, spell) for each in hidings)
    known = tuple(each for each in hidings if each.place is not None)
    return change._replace(message=f"{change.message} ({names}; not {shown})", hidden=known)


def _show(hiding: HidingPlace, spell: Spell) -> str:
    place = hiding.place
    return hiding.environment if place is None else f"{hiding.environment}: {spell(place.path)}:{place.line} hides it"


def _find_hiding(name: str, change: Change, readings: Both[Reading | None]) -> HidingPlace:
    for place, reading in reversed(tuple(zip(change.places, readings, strict=True))):
        layer = None if reading is None else reading.config.environment
        if place is not None and reading is not None and layer is not None:
            for pointer, inner in _list_overrides(layer):
                if _covers(*reading.config.base_owner(pointer), place):
                    return HidingPlace(name, layer.document.locate(inner, key=True))
    return HidingPlace(name, None)


def _list_overrides(layer: EnvironmentLayer) -> Iterator[tuple[Pointer, Pointer]]:
    """What an environment sets, removes or gives to another, with the pointer in its file."""
    yield from ((pointer, place.inner) for pointer, place in layer.places.items() if place.own)
    yield from layer.removed.items()
    yield from layer.taken.items()


def _covers(document: Document, pointer: Pointer, place: Location) -> bool:
    """Whether a place is in the value at ``pointer``; that of a plain model is its primary, too."""
    node = document.find_node(pointer)
    if node is None and pointer[-1:] == ("primary",):
        pointer = pointer[:-1]
        node = document.find_node(pointer)
    if node is None or document.path != place.path:
        return False
    start, end = document.locate(pointer, key=True), document.place(node.end)
    return (start.line, start.column) <= (place.line, place.column) <= (end.line, end.column)
