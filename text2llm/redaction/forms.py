"""Known forms: credentials in free text, found by the format that providers issue.

One pattern finds all forms in one pass. It is linear: each alternative begins with a literal, followed by a possessive
run of one character class, and every look-ahead is bounded.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import NamedTuple, final

from text2llm.providers.registry import Registry, load_registry
from text2llm.redaction import MASK, cover

#: A prefix of this length with a digit occurs in no word, so it need not be at the start of one.
TELLING_LENGTH = 9
#: The minimum length of a secret after a known prefix.
SHORTEST_REST = 16

#: Not words and numbers joined by hyphens or underscores: six characters in a row that mix letters and digits unlike
#: words and versions.
SIX_MIXED = r"(?=[A-Za-z0-9]{6})(?=[A-Za-z]{0,5}[0-9])(?=[0-9]{0,5}[A-Za-z])"
_RANDOM = rf"(?:(?=[A-Za-z0-9_.~+/=-]{{0,64}}?{SIX_MIXED})|(?=[A-Za-z0-9]{{16}}))"
# The generic prefix of many keys requires a longer run.
_MIXED = rf"(?:(?=[A-Za-z0-9_-]{{0,64}}?{SIX_MIXED})|(?=[A-Za-z0-9]{{24}}))"
# What may precede a word: no letter or digit, or an escape or percent code that ends in one.
_BEFORE = (
    r"![A-Za-z0-9]{}",
    r"=%[0-9A-Fa-f]{{2}}{}",
    r"=\\[nrtbf]{}",
    r"=\\x[0-9A-Fa-f]{{2}}{}",
    r"=\\u[0-9A-Fa-f]{{4}}{}",
)


def _word(prefix: str) -> str:
    """A pattern for ``prefix`` at the start of a word; the literal comes first."""
    literal = re.escape(prefix)
    before = "|".join(f"(?<{each.format(literal)})" for each in _BEFORE)
    return f"{literal}(?:{before})"


_PEM = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_PEM_BEGUN = r"(?=[ \t]*(?:\r?\n|\\[rn]|[A-Za-z0-9+/=]{16}))"
_PEM_BODY = rf"(?:[^-]|-(?!----)){{0,16384}}+-----END {_PEM}"

#: The forms of no single provider; the group is the secret, an empty one means the whole match.
_GENERIC_FORMS = (
    # Up to its end line, else as far as it looks like a key. The first line alone, in a sentence, does not match.
    ("private key", rf"-----BEGIN {_PEM}(?:{_PEM_BODY}|{_PEM_BEGUN}[A-Za-z0-9+/=\s\\#]*+)()"),
    ("JWT", r"eyJ(?<![A-Za-z0-9_-]eyJ)[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*+)?()"),
    *(
        ("bearer token", rf"{word}(?:[ \t]{{1,8}}|%20|\+)({_RANDOM}[A-Za-z0-9._~+/=-]{{16,}}+)")
        for word in ("Bearer", "bearer", "BEARER")
    ),
    ("masked key", rf"{_word('sk-')}[A-Za-z0-9_-]{{0,40}}+(?:\*{{2,40}}|\.\.\.|…)[A-Za-z0-9_-]{{4,}}+()"),
    # Types of public keys have this prefix too: sk-ssh-ed25519, sk-ecdsa-sha2-nistp256 (OpenSSH, PROTOCOL.u2f).
    ("API key", rf"{_word('sk-')}(?!ssh-|ecdsa-){_MIXED}[A-Za-z0-9_-]{{16,}}+()"),
)


#: Keys of Z.AI have no prefix; the scan searches for the dot in the middle.
_DOTTED = re.compile(r"\.(?<=(?<![A-Za-z0-9])[0-9a-f]{32}\.)[A-Za-z0-9]{16}(?![A-Za-z0-9])")
_BEFORE_DOT = 32
_DOTTED_NAME = "zai API key"

#: A text without any of these or a provider's prefix has no secret, so most texts need no pattern.
_COMMON_SIGN = "sk-"
_GENERIC_SIGNS = (_COMMON_SIGN, "eyJ", "earer", "EARER", "PRIVATE KEY")


class SecretSpan(NamedTuple):
    """A secret in a text: offsets in code points, and the name of its form."""

    start: int
    end: int
    name: str


@final
class Forms:
    """The forms of the credentials that the providers of a registry issue; by default the built-in providers."""

    __slots__ = ("_registry", "_signs")

    def __init__(self, registry: Registry | None = None) -> None:
        self._registry = load_registry() if registry is None else registry
        # A text without `sk-` has none of the prefixes with that in them either.
        others = (prefix for prefix in self._registry.key_prefixes() if _COMMON_SIGN not in prefix)
        self._signs = (*_GENERIC_SIGNS, *others)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Forms) and other._registry is self._registry

    def __hash__(self) -> int:
        return id(self._registry)

    def find(self, text: str) -> tuple[SecretSpan, ...]:
        """The credentials in ``text``, in order and without overlap; ``name`` is that of the form."""
        found: list[SecretSpan] = []
        if any(sign in text for sign in self._signs):
            pattern, names = _compiled(self._registry)
            found += (_span(match, names) for match in pattern.finditer(text))
        dotted = (SecretSpan(each.start() - _BEFORE_DOT, each.end(), _DOTTED_NAME) for each in _DOTTED.finditer(text))
        ends = [each.end for each in found]
        apart = [each for each in dotted if _is_apart(each, found, ends)]
        return tuple(sorted((*found, *apart)) if apart else found)

    def redact(self, text: str) -> str:
        return cover(text, ((start, end) for start, end, _ in self.find(text)), MASK)


def _is_apart(span: SecretSpan, others: list[SecretSpan], ends: list[int]) -> bool:
    """Whether a span overlaps none of ``others``, which are in order, and end at ``ends``."""
    after = bisect_right(ends, span.start)
    return after == len(others) or span.end <= others[after].start


def _span(match: re.Match[str], names: tuple[str, ...]) -> SecretSpan:
    group = match.lastindex or 1
    start, end = match.span(group)
    return SecretSpan(match.start() if start == end else start, end, names[group - 1])


@cache
def _compiled(registry: Registry) -> tuple[re.Pattern[str], tuple[str, ...]]:
    # Stable: specific forms stay first.
    forms = sorted((*_provider_forms(registry), *_GENERIC_FORMS), key=_first_character)
    by_first = ((first, [pattern[1:] for _, pattern in group]) for first, group in groupby(forms, _first_character))
    pattern = "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in by_first)
    return re.compile(pattern), tuple(name for name, _ in forms)


def _first_character(form: tuple[str, str]) -> str:
    return form[1][0]


def _provider_forms(registry: Registry) -> Iterator[tuple[str, str]]:
    """The forms with a known prefix, the longest first, so that the most specific one names the secret."""
    known = [
        (prefix, key_format.alphabet, f"{label} {key_format.name}")
        for label, key_formats in registry.all_key_formats()
        for key_format in key_formats
        for prefix in key_format.prefixes
    ]
    for prefix, alphabet, name in sorted(known, key=lambda form: (-len(form[0]), form[0])):
        telling = len(prefix) >= TELLING_LENGTH and re.search("[0-9]", prefix)
        check = "" if prefix.startswith("sk-") else _RANDOM
        yield name, rf"{re.escape(prefix) if telling else _word(prefix)}{check}[{alphabet}]{{{SHORTEST_REST},}}+()"
