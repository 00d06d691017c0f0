"""Known values in responses: servers repeat keys whole, encoded, truncated, masked or in another case."""

from __future__ import annotations

import re
from functools import cached_property
from typing import final

from text2llm.redaction import REDACTED, cover, merge
from text2llm.redaction.values import spell
from text2llm.secret import Secret

#: The shortest run of letters and digits that counts as a part of a secret; shorter ones occur in words.
_FRAGMENT = 6
#: Shorter values are words too: replacing them would garble texts and hide nothing.
_SHORTEST = 4
#: In a body, which is parsed later, even a word such as ``"error"`` must stay: no key is that short.
_SHORTEST_IN_BODY = 8
#: Longer texts are for parsing, not for reading.
_MAX_TEXT = 4096
# OpenAI, DeepSeek and xAI echo a key as its first and last characters around stars or dots.
_MASKED = re.compile(r"[A-Za-z0-9_-]{0,64}(?:\*{3,}|\.{3,}(?=[A-Za-z0-9_-])|…(?=[A-Za-z0-9_-]))[A-Za-z0-9_*-]{0,64}")


@final
class Echoes:
    """The secrets of one request, to remove from its response."""

    def __init__(self, secrets: tuple[Secret, ...] = ()) -> None:
        self._secrets = secrets

    def redact_bytes(self, data: bytes) -> bytes:
        for form in self._forms:
            if len(form) >= _SHORTEST_IN_BODY:
                data = data.replace(form.encode(), REDACTED.encode())
        return data

    def redact(self, text: str) -> str:
        """A short text without the secrets, their encodings, parts of them, and masked keys of any kind.

        Case, and characters between letters and digits, are ignored. Text beyond 4096 characters is truncated after
        the whole secrets are replaced.
        """
        for form in self._forms:
            if len(form) >= _SHORTEST:
                text = text.replace(form, REDACTED)
        text = text[:_MAX_TEXT]
        if self._secrets:
            text = self._drop_fragments(text)
        return _MASKED.sub(REDACTED, text)

    @cached_property
    def _forms(self) -> list[str]:
        """Every spelling of the secrets, the longest first, so that no rest of one remains."""
        forms = {form for secret in self._secrets for form in spell(secret.reveal())}
        return sorted(forms, key=len, reverse=True)

    def _drop_fragments(self, text: str) -> str:
        """Cover every run of letters and digits that a text shares with a spelling of a secret."""
        places = [at for at, character in enumerate(text) if character.isalnum()]
        plain = "".join(text[at].lower()[0] for at in places)
        spans: list[tuple[int, int]] = []
        for size, parts in self._fragments.items():
            begins = (at for at in range(len(plain) - size + 1) if plain[at : at + size] in parts)
            spans += [(places[at], places[at + size - 1] + 1) for at in begins]
        return cover(text, merge(spans), REDACTED)

    @cached_property
    def _fragments(self) -> dict[int, set[str]]:
        """The runs that reveal a secret, by length; a spelling shorter than a fragment is one run."""
        fragments: dict[int, set[str]] = {}
        for form in self._forms:
            plain = "".join(character.lower()[0] for character in form if character.isalnum())
            size = min(len(plain), _FRAGMENT)
            if size >= _SHORTEST:
                runs = (plain[at : at + size] for at in range(len(plain) - size + 1))
                fragments.setdefault(size, set()).update(runs)
        return fragments
