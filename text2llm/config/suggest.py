"""Names in hints: near matches for "did you mean", and lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

#: Longer words are not compared: the time grows with the square of the length.
MAX_LENGTH = 64
MAX_SUGGESTIONS = 20
_MAX_CANDIDATES = 500
_NEAR_ENOUGH = 0.65
_MOST_NEAR = 3
#: How alike two names are if one is a misspelling; "reviewer" is not one of "review".
_ALMOST = 0.87
#: A word of at least this length matches a candidate that begins with it.
_SHORTEST_BEGINNING = 3
#: In one hint: a store may have thousands of profiles.
_MOST_NAMES = 20


class Suggestions:
    """Near matches for one file: at most :data:`MAX_SUGGESTIONS` searches, so that a hostile one costs little."""

    def __init__(self) -> None:
        self._left = MAX_SUGGESTIONS

    def near(self, word: str, candidates: Iterable[str]) -> str | None:
        return next(self._search(word, candidates), None)

    def nearest(self, word: str, candidates: Iterable[str]) -> tuple[str, ...]:
        """The nearest first; if it is the only one, the word is a misspelling of it."""
        return tuple(self._search(word, candidates))

    def _search(self, word: str, candidates: Iterable[str]) -> Iterator[str]:
        if not self._left:
            return iter(())
        self._left -= 1
        return _list_near(word, candidates)


def find_near(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate nearest to ``word``, case ignored; ``None`` when none is near."""
    return next(_list_near(word, candidates), None)


def _list_near(word: str, candidates: Iterable[str]) -> Iterator[str]:
    """The candidates near to ``word``, nearest first, each found when it is asked for.

    One that differs only in case or punctuation is the only one.
    """
    import difflib
    from itertools import islice

    if len(word) > MAX_LENGTH:
        return
    folded: dict[str, str] = {}
    for candidate in islice(candidates, _MAX_CANDIDATES):
        folded.setdefault(candidate.casefold(), candidate)
    same = [candidate for lowered, candidate in folded.items() if _squash(lowered) == _squash(word.casefold())]
    if len(same) == 1:
        yield from same
        return
    found = list[str]()
    if len(word) >= _SHORTEST_BEGINNING:
        for lowered, candidate in folded.items():
            if lowered.startswith(word.casefold()):
                found.append(candidate)
                yield candidate
    near = difflib.get_close_matches(word.casefold(), folded, n=_MOST_NEAR, cutoff=_NEAR_ENOUGH)
    yield from (folded[each] for each in near if folded[each] not in found)


def _squash(word: str) -> str:
    return word.replace("-", "").replace("_", "")


def find_misspelled(word: str, known: Iterable[str], cutoff: float = _ALMOST) -> str | None:
    """The known name of which a word is another spelling, with a letter wrong or two; ``None`` if it is known."""
    import difflib

    folded = {name.casefold(): name for name in known}
    if folded.get(word.casefold()) == word or len(word) > MAX_LENGTH:
        return None
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=cutoff)
    return folded[near[0]] if near else None


def list_names(names: Collection[str]) -> str:
    """Names for a hint; of many, the first ones and the number of the others."""
    from itertools import islice

    listed = ", ".join(islice(names, _MOST_NAMES))
    return listed if len(names) <= _MOST_NAMES else f"{listed} and {len(names) - _MOST_NAMES} more"
