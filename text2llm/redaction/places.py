"""The layer of a place that is known: what stands where a credential belongs is hidden wherever else it appears.

No form gives such a value away, and this process need never have held it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import final

from text2llm.config.document import Document
from text2llm.redaction import MASK
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import TOKEN_LIKE, VARIABLE, credentials_of, find_literals
from text2llm.redaction.values import is_public

HIDDEN = "value hidden"
# A shorter credential is an everyday word as likely as not, and hiding that everywhere would make texts unreadable.
_SHORTEST = 6


@final
class Places:
    """Values that stand where a credential belongs, for taking them out of texts, whatever their case."""

    __slots__ = ("_pattern", "_values")

    def __init__(self, values: Iterable[str]) -> None:
        self._values = frozenset(values)
        long = sorted((each for each in self._values if len(each) >= _SHORTEST), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, long)), re.IGNORECASE) if long else None

    @classmethod
    def of_files(cls, documents: Iterable[Document], forms: Forms) -> Places:
        """The credentials that stand in files, by their place and by their form."""
        return cls(chain.from_iterable(credentials_of(each, find_literals(each, forms)) for each in documents))

    @classmethod
    def of_arguments(cls, arguments: Iterable[str]) -> Places:
        """The arguments of a command line that look like a key: no option takes one, and some people try."""
        parts = (re.sub("^-{1,2}", "", part) for each in arguments for part in (each, *each.split("=", 1)))
        return cls(part for part in parts if TOKEN_LIKE.fullmatch(part))

    def find(self, text: str) -> list[tuple[int, int]]:
        """Where the values are, in order and without overlap."""
        return [] if self._pattern is None else [each.span() for each in self._pattern.finditer(text)]

    def redact(self, text: str) -> str:
        """``text`` with ``[secret]`` in place of every value."""
        return text if self._pattern is None else self._pattern.sub(MASK, text)

    def show_credential(self, written: str | None) -> str | None:
        """What stands in the place of a credential: a reference or a public sandbox value, else that it is hidden."""
        if written is None or VARIABLE.fullmatch(written.strip()) or is_public(written.strip()):
            return written and written.strip()
        return HIDDEN

    def show_header(self, written: str | None) -> str | None:
        """The value of a header, unless it is a credential."""
        if written is None:
            return None
        return HIDDEN if written in self._values or self.redact(written) != written else written
