"""Known places: a value in a credential field is hidden wherever else it appears, whatever its form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import final

from text2llm.config.document import Document
from text2llm.redaction import MASK
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import credentials_of, find_literals
from text2llm.redaction.names import TOKEN_LIKE, VARIABLE
from text2llm.redaction.values import is_public

HIDDEN = "value hidden"
# A shorter value is often an ordinary word, and hiding that everywhere would make texts unreadable.
_SHORTEST = 6


@final
class Places:
    """Values of credential fields, to remove from texts, ignoring case."""

    __slots__ = ("_pattern", "_values")

    def __init__(self, values: Iterable[str]) -> None:
        self._values = frozenset(values)
        long = sorted((each for each in self._values if len(each) >= _SHORTEST), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, long)), re.IGNORECASE) if long else None

    @classmethod
    def of_files(cls, documents: Iterable[Document], forms: Forms) -> Places:
        return cls(chain.from_iterable(credentials_of(each, find_literals(each, forms)) for each in documents))

    @classmethod
    def of_arguments(cls, arguments: Iterable[str]) -> Places:
        """The arguments that look like a key: no option accepts one, but users may pass one by mistake."""
        parts = (re.sub("^-{1,2}", "", part) for text in arguments for part in (text, *text.split("=", 1)))
        return cls(part for part in parts if TOKEN_LIKE.fullmatch(part))

    def find(self, text: str) -> list[tuple[int, int]]:
        return [] if self._pattern is None else [each.span() for each in self._pattern.finditer(text)]

    def redact(self, text: str) -> str:
        return text if self._pattern is None else self._pattern.sub(MASK, text)

    def show_credential(self, written: str | None) -> str | None:
        """The value of a credential field if it is a reference or public, else ``HIDDEN``."""
        if written is None or VARIABLE.fullmatch(written.strip()) or is_public(written.strip()):
            return written and written.strip()
        return HIDDEN

    def show_header(self, written: str | None) -> str | None:
        if written is None:
            return None
        return HIDDEN if written in self._values or self.redact(written) != written else written
