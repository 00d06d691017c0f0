"""Redaction: servers repeat keys in their errors, whole, encoded, cut or masked. None of it leaves ``net``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from text2llm.secret import Secret

REDACTED = "[redacted]"

#: A run of this many characters of a secret is a part of it; shorter ones are words by accident.
_FRAGMENT = 8
#: Values shorter than this are words too: replacing them would tear texts apart and hide nothing.
_SHORTEST = 4
#: In a body, which is still to be parsed, even a word such as ``"error"`` must stay: no key is so short.
_SHORTEST_IN_BODY = 8
#: Longer text than this is for parsing, not for reading.
_MAX_TEXT = 4096
# OpenAI, DeepSeek and xAI echo a key as its first and last characters around stars or dots.
_MASKED = re.compile(r"[A-Za-z0-9_-]{0,64}(?:\*{3,}|\.{3,}(?=[A-Za-z0-9_-])|…(?=[A-Za-z0-9_-]))[A-Za-z0-9_*-]{0,64}")


@final
@dataclass(frozen=True, slots=True, repr=False)
class Redactor:
    """Takes the secrets of one request out of whatever came back."""

    secrets: tuple[Secret, ...] = ()

    def clean_bytes(self, data: bytes) -> bytes:
        """``data`` without the secrets as they are, and without their base64 and URL encodings."""
        for form in self._forms(_SHORTEST_IN_BODY):
            data = data.replace(form.encode(), REDACTED.encode())
        return data

    def clean_text(self, text: str) -> str:
        """A short text without the secrets, their encodings, parts of them, and masked keys of any kind.

        Text beyond 4096 characters is cut off: a cut could otherwise leave half of a secret unseen.
        """
        for form in self._forms(_SHORTEST):
            text = text.replace(form, REDACTED)
        text = text[:_MAX_TEXT]
        for secret in self.secrets:
            text = _drop_fragments(text, secret.reveal())
        return _MASKED.sub(REDACTED, text)

    def _forms(self, shortest: int) -> Iterable[str]:
        """Every spelling of the secrets, the longest first, so that no rest of one stays."""
        forms = {form for secret in self.secrets for form in _spell(secret.reveal())}
        return sorted((form for form in forms if len(form) >= shortest), key=len, reverse=True)


def _spell(value: str) -> Iterable[str]:
    import base64
    import json
    from urllib.parse import quote, quote_plus

    yield from (value, quote(value, safe=""), quote(value), quote_plus(value), json.dumps(value)[1:-1])
    for shift in range(3):
        encoded = _trim_base64(base64.b64encode(b"\0" * shift + value.encode()).decode(), shift)
        yield from (encoded, encoded.replace("+", "-").replace("/", "_"))
    yield value.encode().hex()


def _trim_base64(encoded: str, shift: int) -> str:
    """What base64 makes of a secret wherever it stands: without the characters that its neighbours have a part in."""
    whole = encoded.rstrip("=")
    return whole[(0, 2, 3)[shift] : len(whole) - (whole != encoded)]


def _drop_fragments(text: str, value: str) -> str:
    """Cover every run of characters that a text shares with a secret."""
    if len(value) < _FRAGMENT:
        return text
    parts = {value[at : at + _FRAGMENT] for at in range(len(value) - _FRAGMENT + 1)}
    covered = [False] * len(text)
    for at in range(len(text) - _FRAGMENT + 1):
        if text[at : at + _FRAGMENT] in parts:
            covered[at : at + _FRAGMENT] = [True] * _FRAGMENT
    return _cover(text, covered)


def _cover(text: str, covered: list[bool]) -> str:
    pieces, inside = [], False
    for character, hidden in zip(text, covered, strict=True):
        if hidden and not inside:
            pieces.append(REDACTED)
        elif not hidden:
            pieces.append(character)
        inside = hidden
    return "".join(pieces)
