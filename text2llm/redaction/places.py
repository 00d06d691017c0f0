"""Known places: a value in a credential field is hidden wherever else it appears, whatever its form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import final

from text2llm.config.document import Document
from text2llm.redaction import MASK, cover
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

    __slots__ = ("_folded", "_lengths", "_values")

    def __init__(self, values: Iterable[str]) -> None:
        self._values = frozenset(values)
        self._folded = frozenset(_fold(each) for each in self._values if len(each) >= _SHORTEST)
        # A look-up by the first characters: a pattern of thousands of values is tried value by value at each character.
        lengths: dict[str, set[int]] = {}
        for each in self._folded:
            lengths.setdefault(each[:_SHORTEST], set()).add(len(each))
        self._lengths = {start: sorted(found, reverse=True) for start, found in lengths.items()}

    @classmethod
    def of_files(cls, documents: Iterable[Document], forms: Forms) -> Places:
        return cls(chain.from_iterable(credentials_of(each, find_literals(each, forms)) for each in documents))

    @classmethod
    def of_arguments(cls, arguments: Iterable[str]) -> Places:
        """The arguments that look like a key: no option accepts one, but users may pass one by mistake."""
        parts = (re.sub("^-{1,2}", "", part) for text in arguments for part in (text, *text.split("=", 1)))
        return cls(part for part in parts if TOKEN_LIKE.fullmatch(part))

    def find(self, text: str) -> list[tuple[int, int]]:
        """The spans of the values in ``text``, in order and without overlap; of several the longest."""
        found, at, folded = list[tuple[int, int]](), 0, _fold(text) if self._folded else ""
        while at <= len(folded) - _SHORTEST:
            ends = (at + length for length in self._lengths.get(folded[at : at + _SHORTEST], ()))
            end = next((each for each in ends if each <= len(folded) and folded[at:each] in self._folded), None)
            if end is not None:
                found.append((at, end))
            at = end or at + 1
        return found

    def redact(self, text: str) -> str:
        return cover(text, self.find(text), MASK)

    def show_credential(self, written: str | None) -> str | None:
        """The value of a credential field if it is a reference or public, else ``HIDDEN``."""
        if written is None or VARIABLE.fullmatch(written.strip()) or is_public(written.strip()):
            return written and written.strip()
        return HIDDEN

    def show_header(self, written: str | None) -> str | None:
        if written is None:
            return None
        return HIDDEN if written in self._values or self.redact(written) != written else written


def _fold(text: str) -> str:
    """The text without case, with as many characters."""
    folded = text.casefold()
    return folded if len(folded) == len(text) else "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    folded = character.casefold()
    return folded if len(folded) == 1 else character
