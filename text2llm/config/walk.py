"""The files that the patterns of ``include`` match in a tree, found within a bound, whatever both are. Pure.

Wildcards enter no link and no other repository. Each folder is searched once for each rest of a pattern, so nothing is
exponential in either. A path that is written out is followed through links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from text2llm.config.tree import LENGTH, LINK, MAX_PATH, Entry, OutsideError, Place, Tree

#: Names that the patterns of one configuration are compared with. What takes longer counts for several: a folder, a
#: link, a long path, and a long name beside a long pattern.
MAX_COMPARED = 200_000
_FOLDER_COST = _CHARACTER_COST = 10
#: The product of the lengths of a name and a pattern that costs as much as a name.
_PRODUCT = 512
_ANY_DEPTH = "**"
_MAGIC = re.compile(r"[*?\[]")


class TooMuchError(Exception):
    """The patterns are compared with more than ``MAX_COMPARED`` names."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """What a wildcard would have to enter: a link to a folder, or a folder of another repository (``problem``)."""

    spelled: str
    problem: str
    is_link: bool
    is_inside: bool


@dataclass(slots=True)
class MatchList:
    """What a pattern matches: places by the path from the root file's folder, ``None`` for a link that leads nowhere.

    ``skipped`` is the first that the pattern would have to enter; ``outside`` says how the first match that is not in
    the repository leads out of it.
    """

    places: dict[str, Place | None] = field(default_factory=dict)
    skipped: Skipped | None = None
    outside: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """A place that was reached, the path that led there, and the index of the pattern's next part."""

    place: Place
    spelled: str
    index: int


class Walk:
    """The search for the files of one ``include``. ``folder`` is the path of the root file's folder in the tree."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree, self._folder, self._left = tree, folder, MAX_COMPARED
        self._parts, self._found = list[str](), MatchList()
        self._tests: dict[str, Callable[[str], Any]] = {}

    def match(self, pattern: str) -> MatchList:
        """The files and folders that a pattern matches, sorted by path.

        Raises:
            TooMuchError: with the patterns before, it is compared with too many names.
        """
        self._parts, self._found = _split(pattern), MatchList()
        waiting, seen = list(self._start()), set[tuple[str, int]]()
        while waiting:
            state = waiting.pop()
            key = (state.place.path, state.index)
            if key in seen or len(state.place.path) > MAX_PATH:
                continue
            seen.add(key)
            waiting += reversed([*self._advance(state)])
        self._found.places = dict(sorted(self._found.places.items()))
        return self._found

    def _start(self) -> Iterator[_State]:
        try:
            start = self._tree.find(self._folder)
            if start is not None:
                yield _State(start, "", 0)
        except OutsideError as error:
            self._note(error)

    def _advance(self, state: _State) -> Iterator[_State]:
        """The states after the next part of the pattern; after the last one, what is reached is a match."""
        part, is_last = self._parts[state.index], state.index + 1 == len(self._parts)
        if not has_magic(part):
            yield from self._reach(state, part, is_last=is_last)
            return
        is_deep = part == _ANY_DEPTH
        for name, entry in self._list_matching(state.place, part):
            if is_last:
                yield from self._reach(state, name, is_last=True)
            if is_deep or not is_last:
                yield from self._step_into(state, name, entry, state.index + (not is_deep))
        if is_deep and not is_last:
            yield _State(state.place, state.spelled, state.index + 1)

    def _list_matching(self, place: Place, part: str) -> list[tuple[str, Entry]]:
        """The entries of a folder that a part with a wildcard matches, sorted."""
        length = len(place.path) // LENGTH
        self._charge(_FOLDER_COST + length)
        fits, found = self._compile(part), list[tuple[str, Entry]]()
        try:
            for name, entry in self._tree.list_folder(place).items():
                self._charge(1 + length * entry.is_folder + len(name) * len(part) // _PRODUCT)
                if (part[0] == "." or name[0] != ".") and fits(name):
                    found.append((name, entry))
        except OutsideError as error:
            self._note(error)
        return sorted(found)

    def _reach(self, state: _State, name: str, *, is_last: bool) -> Iterator[_State]:
        """Where a part of a pattern leads that has no wildcard, or whose wildcard matches this name."""
        spelled = state.spelled if name in ("", ".") else _join(state.spelled, name)
        try:
            place = self._tree.find(name, state.place, self._charge)
            if is_last:
                if place is not None or self._tree.list_folder(state.place).get(name) is not None:
                    self._found.places[spelled] = place
            elif place is not None and not place.entry.is_file:
                yield _State(place, spelled, state.index + 1)
        except OutsideError as error:
            self._note(error)

    def _step_into(self, state: _State, name: str, entry: Entry, index: int) -> Iterator[_State]:
        spelled = _join(state.spelled, name)
        if entry.is_folder:
            yield _State(state.place.below(name, entry), spelled, index)
        elif not entry.is_file and self._found.skipped is None:
            self._found.skipped = self._skip(state.place, name, entry, spelled)

    def _skip(self, folder: Place, name: str, entry: Entry, spelled: str) -> Skipped | None:
        """What is not entered; ``None`` if it is no folder."""
        if entry.mode != LINK:
            return Skipped(spelled, self._tree.elsewhere, is_link=False, is_inside=False)
        try:
            place = self._tree.find(name, folder, self._charge)
        except OutsideError as error:
            return Skipped(spelled, f"is a link that {error}", is_link=True, is_inside=False)
        if place is None or place.entry.is_file:
            return None
        return Skipped(spelled, "is a link to a directory", is_link=True, is_inside=True)

    def _note(self, error: OutsideError) -> None:
        self._found.outside = self._found.outside or str(error)

    def _compile(self, part: str) -> Callable[[str], Any]:
        if part not in self._tests:
            from fnmatch import translate

            self._charge(_CHARACTER_COST * len(part))
            # Python makes each `*` of a pattern but the last an atomic group: no name takes exponential time.
            self._tests[part] = re.compile(translate(part)).match
        return self._tests[part]

    def _charge(self, cost: int) -> None:
        self._left -= cost
        if self._left < 0:
            raise TooMuchError


def has_magic(pattern: str) -> bool:
    return _MAGIC.search(pattern) is not None


def _split(pattern: str) -> list[str]:
    """The parts of a pattern; of ``**`` in a row one is enough."""
    parts = pattern.split("/")
    return [part for part, before in zip(parts, ["", *parts], strict=False) if part != _ANY_DEPTH or part != before]


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
