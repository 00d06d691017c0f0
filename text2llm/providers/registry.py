"""The registry of built-in providers: one small index, read once, each provider parsed when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, final

from text2llm.providers.variables import EnvVar, credential_vars, parse_env
from text2llm.refs import Spellings

if TYPE_CHECKING:
    from text2llm.providers.descriptor import KeyFormat, Provider

#: At most so many names are offered as "did you mean".
NEAR_LIMIT = 3


@final
class Registry:
    """The providers of one index (``tools/build_provider_index.py`` says what an index is)."""

    __slots__ = ("_index", "_parsed")

    def __init__(self, index: Mapping[str, Any]) -> None:
        self._index = index
        self._parsed: dict[str, Provider] = {}

    def ids(self) -> tuple[str, ...]:
        """The canonical ids, sorted."""
        return tuple(self._index["providers"])

    def get(self, provider_id: str) -> Provider | None:
        """The provider with this canonical id."""
        entry = self._index["providers"].get(provider_id)
        if entry is None:
            return None
        if provider_id not in self._parsed:
            from text2llm.providers.descriptor import parse_provider

            self._parsed[provider_id] = parse_provider(entry)
        return self._parsed[provider_id]

    def spellings(self) -> Spellings:
        """Other names of providers, and of their models."""
        return Spellings(self._index["spellings"], self._index["modelSpellings"])

    def near(self, name: str, extra: Iterable[str] = ()) -> tuple[str, ...]:
        """At most three ids that ``name`` may have been meant for, nearest first; ``extra`` are ids to consider too."""
        from difflib import get_close_matches

        spellings = self._index["spellings"]
        candidates = dict.fromkeys((*self._index["providers"], *spellings, *extra))
        matches = get_close_matches(name.strip().lower(), candidates, n=2 * NEAR_LIMIT)
        return tuple(dict.fromkeys(spellings.get(match, match) for match in matches))[:NEAR_LIMIT]

    def env_providers(self) -> Iterator[tuple[str, tuple[EnvVar, ...]]]:
        """Each provider's id and the variables that can pay for its requests, without parsing the rest of it."""
        for provider_id, entry in self._index["providers"].items():
            yield provider_id, credential_vars(parse_env(entry))

    def key_formats(self, provider_id: str) -> tuple[KeyFormat, ...]:
        """The forms of a provider's credentials; none where nothing is known."""
        from text2llm.providers.descriptor import parse_key_formats

        return parse_key_formats(self._index["keyFormats"].get(provider_id, []))

    def key_prefixes(self) -> Iterator[str]:
        """The beginnings by which credentials are found in free text."""
        for formats in self._index["keyFormats"].values():
            for entry in formats:
                yield from entry.get("prefixes", ())

    def all_key_formats(self) -> Iterator[tuple[str, tuple[KeyFormat, ...]]]:
        """The label of each provider with known forms of credentials, and these."""
        for provider_id in self._index["keyFormats"]:
            yield self._index["providers"][provider_id]["label"], self.key_formats(provider_id)


@cache
def load_registry() -> Registry:
    """The registry of the providers that ship with text2llm."""
    import json

    # Read beside the module: importlib.resources would cost more than the index itself.
    with open(os.path.join(os.path.dirname(__file__), "index.json"), "rb") as file:
        return Registry(json.loads(file.read()))
