"""ModelRef: a model of a provider in its canonical spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from text2llm.errors import ReferenceFormatError

#: The provider of a bare model id if the configuration sets none.
DEFAULT_PROVIDER = "anthropic"

ALIAS_NAME = r"[A-Za-z0-9._:-]+"
AGENT_ID = r"[a-z0-9][a-z0-9_-]{0,63}"


class ModelRef(NamedTuple):
    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}"


class Spellings(NamedTuple):
    """Alternative names: of providers (``z.ai`` → ``zai``), and of models by provider (``opus-4.5`` → …)."""

    providers: Mapping[str, str] = MappingProxyType({})
    models: Mapping[str, Mapping[str, str]] = MappingProxyType({})

    def provider(self, name: str) -> str:
        """The canonical id of a provider: trimmed, lower case, known spellings replaced."""
        lowered = name.strip().lower()
        return self.providers.get(lowered, lowered)

    def ref(self, provider: str, model: str) -> ModelRef:
        provider, model = self.provider(provider), model.strip()
        return ModelRef(provider, self.models.get(provider, {}).get(model.lower(), model))


def parse_ref(text: str, spellings: Spellings) -> ModelRef:
    """Parse ``provider/model``, split at the first slash.

    Raises:
        ReferenceFormatError: a part is empty, the slash is missing, or a character is not allowed.
    """
    provider, slash, model = text.partition("/")
    if not slash or not is_printable_word(provider.strip()) or not is_printable_word(model.strip()):
        raise ReferenceFormatError(
            f"invalid model reference: {text!r}",
            hint="write provider/model in plain ASCII, for example anthropic/claude-opus-4-5, or an alias",
        )
    return spellings.ref(provider, model)


def is_printable_word(text: str) -> bool:
    """Whether ``text`` is not empty and has only printable ASCII characters without white space, as in the schema."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def parse_alias(name: str) -> str:
    """An alias name as given, checked.

    Raises:
        ReferenceFormatError: it is empty or has a character other than letters, digits, ``.``, ``_``, ``:``, ``-``.
    """
    if not re.fullmatch(ALIAS_NAME, name):
        raise ReferenceFormatError(
            f"invalid alias name: {name!r}",
            hint="use letters, digits, '.', '_', ':' and '-'",
        )
    return name


def parse_agent_id(text: str) -> str:
    """An agent id in lower case, checked: ids compare without case.

    Raises:
        ReferenceFormatError: it is not ``[a-z0-9][a-z0-9_-]{0,63}``.
    """
    lowered = text.strip().lower()
    if not re.fullmatch(AGENT_ID, lowered):
        raise ReferenceFormatError(
            f"invalid agent id: {text!r}",
            hint="use a-z, 0-9, '_' and '-', at most 64 characters, starting with a letter or digit",
        )
    return lowered
