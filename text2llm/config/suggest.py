"""Names in hints: near matches for "did you mean", and lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

#: Longer words are not compared: the time grows with the square of the length.
MAX_LENGTH = 64
MAX_SUGGESTIONS = 20
_MAX_CANDIDATES = 500
_NEAR_ENOUGH = 0.65
_MOST_NEAR = 3
_SHORTEST_SLIP = 4
_UNPUNCTUATED = str.maketrans("", "", "-_.")
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

    One that alone differs in case and punctuation only, or in one slip of a finger, is the only one.
    """
    import difflib
    from itertools import islice

    if len(word) > MAX_LENGTH:
        return
    folded: dict[str, str] = {}
    for candidate in islice(candidates, _MAX_CANDIDATES):
        folded.setdefault(candidate.casefold(), candidate)
    for is_meant in (_is_same, _is_one_slip):
        meant = [candidate for lowered, candidate in folded.items() if is_meant(word.casefold(), lowered)]
        if len(meant) == 1:
            yield from meant
            return
    found = list[str]()
    if len(word) >= _SHORTEST_BEGINNING:
        for lowered, candidate in folded.items():
            if lowered.startswith(word.casefold()):
                found.append(candidate)
                yield candidate
    near = difflib.get_close_matches(word.casefold(), folded, n=_MOST_NEAR, cutoff=_NEAR_ENOUGH)
    yield from (folded[each] for each in near if folded[each] not in found)


def _is_same(one: str, other: str) -> bool:
    """Whether two words differ in punctuation alone."""
    return one.translate(_UNPUNCTUATED) == other.translate(_UNPUNCTUATED)


def _is_one_slip(one: str, other: str) -> bool:
    """Whether one letter is missing, wrong or too many, or two neighbors are swapped, in a word that is not short."""
    if min(len(one), len(other)) < _SHORTEST_SLIP or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), None)
    if start is None:
        return True
    left, right = one[start:], other[start:]
    is_swap = left[:2] == right[1::-1] and left[2:] == right[2:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or is_swap


def find_misspelled(word: str, known: Iterable[str], cutoff: float = _ALMOST) -> str | None:
    """The known name of which a word is another spelling, with a letter wrong or two; ``None`` if it is known."""
    import difflib

    folded = {name.casefold(): name for name in known}
    if folded.get(word.casefold()) == word or len(word) > MAX_LENGTH:
        return None
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=cutoff)
    return folded[near[0]] if near else None


def is_misspelling(word: str, name: str) -> bool:
    """Whether a word is another spelling of a name, with a letter wrong or two: "authHeader" is none of "headers"."""
    one, other = word.casefold(), name.casefold()
    return _is_same(one, other) or _is_one_slip(one, other) or find_misspelled(word, (name,)) is not None


def list_names(names: Collection[str]) -> str:
    """Names for a hint; of many, the first ones and the number of the others."""
    from itertools import islice

    listed = ", ".join(islice(names, _MOST_NAMES))
    return listed if len(names) <= _MOST_NAMES else f"{listed} and {len(names) - _MOST_NAMES} more"
