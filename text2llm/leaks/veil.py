"""Veil: what hides the credentials that stand in the compared files, those of an old revision too. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

from text2llm.config.document import Document
from text2llm.leaks.key_formats import MASK, mask_secrets
from text2llm.leaks.literals import VARIABLE, find_credentials, hiding_pattern
from text2llm.secret_forms import is_public

HIDDEN = "value hidden"
#: A longer text says nothing to a reader.
_LONGEST = 1000


@final
class Veil:
    """The credentials of files, by their form and by the place where they stand."""

    __slots__ = ("_pattern", "_values")

    def __init__(self, documents: Iterable[Document]) -> None:
        self._values = find_credentials(documents)
        self._pattern = hiding_pattern(self._values)

    def hide(self, text: str) -> str:
        """A text without any of the credentials, and cut only then: a part of one would be recognised no more."""
        hidden = mask_secrets(text if self._pattern is None else self._pattern.sub(MASK, text))
        return hidden if len(hidden) <= _LONGEST else f"{hidden[: _LONGEST - 1]}…"

    def show_credential(self, written: str | None) -> str | None:
        """What stands in the place of a credential: a reference or a public sandbox value, else that it is hidden."""
        if written is None or VARIABLE.fullmatch(written.strip()) or is_public(written.strip()):
            return written and written.strip()
        return HIDDEN

    def show_header(self, written: str | None) -> str | None:
        """The value of a header, unless it is a credential."""
        if written is None:
            return None
        return HIDDEN if written in self._values or mask_secrets(written) != written else written
