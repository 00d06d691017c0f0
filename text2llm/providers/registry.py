"""The registry of providers: one small index, read once; each provider is parsed when it is first used.

The shipped registry is constant; :meth:`Registry.with_plugins` returns another one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, final

from text2llm.providers.variables import IDENTITY_KINDS, EnvVar, credential_vars, parse_env
from text2llm.refs import Spellings

if TYPE_CHECKING:
    from text2llm.providers.descriptor import KeyFormat, Provider
    from text2llm.providers.oauth import OAuthFacts
    from text2llm.providers.plugin import LoadedPlugin, LoginMethod

#: The most names offered as "did you mean".
NEAR_LIMIT = 3
# As in `config.suggest`: below that, `nope` is similar to openai.
_NEAR_ENOUGH = 0.65


@final
class Registry:
    """The providers of one index (see :func:`text2llm.providers.index.build_index`), with those of ``plugins``."""

    __slots__ = ("_index", "_parsed", "plugins")

    def __init__(self, index: Mapping[str, Any], plugins: tuple[LoadedPlugin, ...] = ()) -> None:
        self._index = index
        self._parsed: dict[str, Provider] = {}
        self.plugins = plugins

    def with_plugins(self, plugins: Iterable[LoadedPlugin]) -> Registry:
        """A registry that adds the providers of plugins, which must not conflict with these."""
        from text2llm.providers.index import build_index

        added = tuple(plugins)
        index = build_index([each.descriptor for each in added])
        joined = {key: {**self._index[key], **index[key]} for key in index if key != "reserved"}
        joined["providers"] = dict(sorted(joined["providers"].items()))
        reserved = [*self._index["reserved"], *index["reserved"]]
        return Registry({**joined, "reserved": reserved}, (*self.plugins, *added))

    def ids(self) -> tuple[str, ...]:
        return tuple(self._index["providers"])

    def get(self, provider_id: str) -> Provider | None:
        entry = self._index["providers"].get(provider_id)
        if entry is None:
            return None
        if provider_id not in self._parsed:
            from text2llm.providers.descriptor import parse_provider

            self._parsed[provider_id] = parse_provider(entry)
        return self._parsed[provider_id]

    def spellings(self) -> Spellings:
        return Spellings(self._index["spellings"], self._index["modelSpellings"])

    def near(self, name: str, extra: Iterable[str] = ()) -> tuple[str, ...]:
        """At most three ids similar to ``name``, nearest first; ``extra`` are further candidates."""
        from difflib import get_close_matches

        spellings = self._index["spellings"]
        candidates = dict.fromkeys((*self._index["providers"], *spellings, *extra))
        matches = get_close_matches(name.strip().lower(), candidates, n=2 * NEAR_LIMIT, cutoff=_NEAR_ENOUGH)
        return tuple(dict.fromkeys(spellings.get(match, match) for match in matches))[:NEAR_LIMIT]

    def env_providers(self, *, identities: bool = False) -> Iterator[tuple[str, tuple[EnvVar, ...]]]:
        """Each provider's id and the variables that can authenticate its requests, without parsing the rest.

        ``identities``: also those from which a credential is made.
        """
        for provider_id, entry in self._index["providers"].items():
            variables = parse_env(entry)
            made = tuple(each for each in variables if identities and each.kind in IDENTITY_KINDS)
            yield provider_id, (*credential_vars(variables), *made)

    def owners(self, variable: str) -> list[str]:
        """The providers that read a secret from an environment variable."""
        listed = ((provider_id, parse_env(entry)) for provider_id, entry in self._index["providers"].items())
        return [name for name, env in listed if any(each.name == variable and each.is_secret() for each in env)]

    def variables(self) -> frozenset[str]:
        listed = (each["name"] for entry in self._index["providers"].values() for each in entry["env"])
        return frozenset((*listed, *self._index["reserved"]))

    def logins(self) -> Mapping[str, OAuthFacts]:
        from text2llm.providers.index import build_logins
        from text2llm.providers.oauth import load_logins, parse_oauth

        added = build_logins(plugin.descriptor for plugin in self.plugins)
        return {**load_logins(), **{name: parse_oauth(name, entry) for name, entry in added.items()}}

    def login_methods(self, provider_id: str) -> Mapping[str, LoginMethod]:
        return next((each.login_methods for each in self.plugins if each.provider == provider_id), {})

    def key_formats(self, provider_id: str) -> tuple[KeyFormat, ...]:
        from text2llm.providers.descriptor import parse_key_formats

        return parse_key_formats(self._index["keyFormats"].get(provider_id, []))

    def key_prefixes(self) -> Iterator[str]:
        for formats in self._index["keyFormats"].values():
            for entry in formats:
                yield from entry.get("prefixes", ())

    def all_key_formats(self) -> Iterator[tuple[str, tuple[KeyFormat, ...]]]:
        for provider_id in self._index["keyFormats"]:
            yield self._index["providers"][provider_id]["label"], self.key_formats(provider_id)


@cache
def load_registry() -> Registry:
    import json

    # Read beside the module: importlib.resources would cost more than the index itself.
    with open(os.path.join(os.path.dirname(__file__), "index.json"), "rb") as file:
        return Registry(json.loads(file.read()))
