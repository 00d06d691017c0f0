"""ModelRef: a model of a provider in its canonical spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from text2llm.errors import ReferenceFormatError

#: The provider of a bare model id if the configuration sets none.
DEFAULT_PROVIDER = "anthropic"

#: Letters and digits of any script: the name characters of XML 1.0 (5th edition, 2.3) without those that are invisible,
#: or beyond the basic plane, which patterns of some editors do not know.
_LETTER = (
    r"[0-9A-Za-z._:\u00aa\u00b5\u00b7\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u2c00-\u2fef\u3005-\u3007"
    r"\u3021-\ud7ff\uf900-\ufdcf\ufe70-\ufefc\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc-]"
)
ALIAS_NAME = f"{_LETTER}+(?: {_LETTER}+)*"
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
        ReferenceFormatError: it is empty, or has a character that an alias cannot have.
    """
    if "/" in name:
        message, hint = "an alias has no '/', which separates a provider from its model", "use '-', '.' or ':' instead"
        raise ReferenceFormatError(f"invalid alias name: {name!r}: {message}", hint=hint)
    if not re.fullmatch(ALIAS_NAME, name):
        raise ReferenceFormatError(
            f"invalid alias name: {name!r}",
            hint="use letters and digits of any script, '.', '_', ':', '-', and single spaces inside",
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
