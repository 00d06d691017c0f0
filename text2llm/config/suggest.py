"""Names in hints: near matches for "did you mean", and lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable

#: Longer words are not compared: the time grows with the square of the length.
MAX_LENGTH = 64
MAX_SUGGESTIONS = 20
_MAX_CANDIDATES = 500
_NEAR_ENOUGH = 0.65
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
        if not self._left:
            return None
        self._left -= 1
        return find_near(word, candidates)


def find_near(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate nearest to ``word``, case ignored; ``None`` when none is near."""
    import difflib
    from itertools import islice

    if len(word) > MAX_LENGTH:
        return None
    folded: dict[str, str] = {}
    for candidate in islice(candidates, _MAX_CANDIDATES):
        folded.setdefault(candidate.casefold(), candidate)
    if len(word) >= _SHORTEST_BEGINNING:
        for lowered, candidate in folded.items():
            if lowered.startswith(word.casefold()):
                return candidate
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=_NEAR_ENOUGH)
    return folded[near[0]] if near else None


def find_misspelled(word: str, known: Iterable[str]) -> str | None:
    """The known name of which a word is another spelling, with a letter wrong or two; ``None`` if it is known."""
    import difflib

    folded = {name.casefold(): name for name in known}
    if folded.get(word.casefold()) == word or len(word) > MAX_LENGTH:
        return None
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=_ALMOST)
    return folded[near[0]] if near else None


def list_names(names: Collection[str]) -> str:
    """Names for a hint; of many, the first ones and the number of the others."""
    from itertools import islice

    listed = ", ".join(islice(names, _MOST_NAMES))
    return listed if len(names) <= _MOST_NAMES else f"{listed} and {len(names) - _MOST_NAMES} more"
