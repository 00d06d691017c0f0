"""Patterns of a policy: only ``*`` is special, and matches any text, ``/`` too. Pure.

No regular expression is involved, so that no pattern takes more than linear time for a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from text2llm.refs import Spellings
from text2llm.trust.origin import OriginError, parse_origin

ANY = "*"


def match_pattern(pattern: str, text: str) -> bool:
    """Whether a pattern matches the whole text: the parts between its wildcards are found from left to right."""
    first, *parts = pattern.split(ANY)
    if not parts:
        return text == first
    last = parts.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in parts:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


class PatternSet:
    """Many patterns as one test: names and beginnings are looked up, however many there are.

    ``folded``: case does not matter, as for what is denied.
    """

    __slots__ = ("_beginnings", "_exact", "_folded", "_others")

    def __init__(self, patterns: Iterable[str], *, folded: bool = False) -> None:
        self._folded = folded
        written = {each.casefold() if folded else each for each in patterns}
        self._exact = frozenset(each for each in written if ANY not in each)
        self._beginnings = tuple(each[:-1] for each in written if each.find(ANY) == len(each) - 1)
        self._others = tuple(sorted(each for each in written if -1 < each.find(ANY) < len(each) - 1))

    def matches(self, text: str) -> bool:
        name = text.casefold() if self._folded else text
        if name in self._exact or name.startswith(self._beginnings):
            return True
        return any(match_pattern(each, name) for each in self._others)


def spell_provider(pattern: str, spellings: Spellings) -> str:
    """A provider's pattern as canonical ids are written."""
    return pattern.lower() if ANY in pattern else spellings.provider(pattern)


def spell_model(pattern: str, spellings: Spellings) -> str:
    """A model's pattern with the provider, and a whole model, in canonical spelling."""
    provider, slash, model = pattern.partition("/")
    if not slash:
        return pattern
    if ANY in pattern:
        return f"{spell_provider(provider, spellings)}/{model}"
    return str(spellings.ref(provider, model))


def spell_origin(pattern: str, _spellings: Spellings) -> str:
    """An origin as requests have it: lower case, without the usual port and a slash at the end."""
    try:
        return str(parse_origin(pattern, plain=True))
    except OriginError:  # a pattern
        return pattern.lower().removesuffix("/")


#: How the entries of a list are spelled, by the key of the policy that holds it.
SPELL: dict[str, Callable[[str, Spellings], str]] = {
    "providers": spell_provider,
    "models": spell_model,
    "origins": spell_origin,
}
