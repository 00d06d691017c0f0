"""Known values in every spelling: as is, encoded, escaped, reversed, in any case. Pure.

Imports nothing slow, since every output uses it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import final

from text2llm.redaction import REDACTED, cover, merge

#: Shorter values are words too: replacing them would garble texts and hide nothing.
SHORTEST = 8
# Up to this length, only lower-case letters or only digits are a word or number: `lm-studio` or `not-needed`, which
# local servers require, is a provider's id elsewhere, and eleven digits are a time. No provider issues such keys.
_LONGEST_WORD = 15
_WORD_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz_. -")
_DIGITS = frozenset("0123456789")
#: The sandbox's public values: too short to contain a secret.
_PUBLIC = r"sandbox(?:-[a-z0-9]{1,12}){1,4}"
# An incomplete escape of JSON or Python; compiled only when needed.
_OPEN_ESCAPE = r"\\(?:u[0-9A-Fa-f]{0,3}|x[0-9A-Fa-f]?)?\Z"
_ESCAPE_LENGTHS = {"u": 6, "x": 4}
_LONGEST_ESCAPE = 6


def is_public(value: str) -> bool:
    """Whether a value is a public one of the sandbox, such as ``sandbox-ok``, and not a secret."""
    return value.startswith("sandbox") and re.fullmatch(_PUBLIC, value) is not None


def _is_word(value: str) -> bool:
    characters = set(value)
    return len(value) <= _LONGEST_WORD and (characters <= _WORD_CHARACTERS or characters <= _DIGITS)


def spell(value: str) -> frozenset[str]:
    """Every spelling of a value: itself, reversed, URL-encoded, in base64 at any offset, in hex, and escaped."""
    raw = _encode(value)
    forms = {value, value[::-1], raw.hex(), "".join(f"\\u{ord(character):04x}" for character in value)}
    if not (value.isascii() and value.replace("-", "").replace("_", "").isalnum()):  # else escaping changes nothing
        forms.update(_escape(value, raw))
    return frozenset((*forms, *_encode_base64(raw)))


def _encode(value: str) -> bytes:
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that encodes no byte
        return value.encode("utf-8", "surrogatepass")


def _escape(value: str, raw: bytes) -> Iterator[str]:
    import json
    from urllib.parse import quote, quote_plus

    yield from (quote(raw, safe=""), quote(raw), quote_plus(raw))
    yield from (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
    yield value.encode("unicode_escape").decode()
    yield value.encode("ascii", "backslashreplace").decode()


def _encode_base64(raw: bytes) -> Iterator[str]:
    """The base64 of a value alone and at each of the three offsets, without characters shared with neighbors."""
    from binascii import b2a_base64

    for shift, shared in enumerate((0, 2, 3)):
        padded = b2a_base64(b"\0" * shift + raw, newline=False).decode()
        whole = padded.rstrip("=")
        inner = whole[shared : len(whole) - (whole != padded)]
        for encoded in (inner,) if shift else (inner, whole):
            yield from (encoded, encoded.replace("+", "-").replace("/", "_"))


@final
class Values:
    """Known secrets, to remove every spelling of them from texts."""

    __slots__ = ("_characters", "_forms", "_learned")

    def __init__(self, values: Collection[str] = ()) -> None:
        self._learned: set[str] = set()
        self._forms: dict[str, list[str]] = {}
        self._characters: set[str] = set()
        self.learn(values)

    def __bool__(self) -> bool:
        return bool(self._forms)

    def learn(self, values: Collection[str]) -> None:
        """Add ``values``, except words and public values, which are not secrets."""
        if len(values) == len(self._learned):
            return
        for value in set(values) - self._learned:
            self._learned.add(value)
            if len(value) >= SHORTEST and not (_is_word(value) or is_public(value)):
                self._add(value)

    def _add(self, value: str) -> None:
        for form in {_fold(form) for form in spell(value)}:
            known = self._forms.setdefault(form[0], [])
            if form not in known:
                known.append(form)
                self._characters.update(form)

    def redact(self, text: str) -> str:
        return cover(text, self.spans(text), REDACTED) if self._forms else text

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The spellings in ``text``, in order and without overlap; a split escape is included whole."""
        folded = _fold(text)
        found = (span for forms in self._forms.values() for form in forms for span in _find(folded, form))
        return merge(_widen(text, *span) for span in found)

    def open_end(self, text: str) -> int:
        """The start of a tail of ``text`` that more text may complete to a spelling; else its length."""
        length = len(text)
        if not text or _fold(text[-1]) not in self._characters:
            return length
        folded = _fold(text)
        longest = max(len(form) for forms in self._forms.values() for form in forms)
        for at in range(max(0, length - longest + 1), length):
            tail = folded[at:]
            if any(form != tail and form.startswith(tail) for form in self._forms.get(tail[0], ())):
                return at
        return length


def _fold(text: str) -> str:
    """``text`` in lower case with the same offsets."""
    folded = text.lower()
    return folded if len(folded) == len(text) else "".join(character.lower()[0] for character in text)


def _find(text: str, form: str) -> Iterator[tuple[int, int]]:
    at = text.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = text.find(form, at + 1)


def _widen(text: str, start: int, end: int) -> tuple[int, int]:
    """A span that splits no escape, so that a JSON document stays valid."""
    return _escape_around(text, start)[0], _escape_around(text, end)[1]


def _escape_around(text: str, at: int) -> tuple[int, int]:
    r"""The bounds of the escape around ``at``, such as ``\n`` or ``\u0041``; ``at`` twice if there is none."""
    opened = re.search(_OPEN_ESCAPE, text[max(0, at - _LONGEST_ESCAPE) : at])
    if opened is None:
        return at, at
    start = max(0, at - _LONGEST_ESCAPE) + opened.start()
    before = text[:start]
    if (start - len(before.rstrip("\\"))) % 2:  # the backslash is the second half of `\\`
        return at, at
    return start, min(len(text), start + _ESCAPE_LENGTHS.get(text[start + 1 : start + 2], 2))
