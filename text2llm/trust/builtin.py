"""The bindings that ship with text2llm: what its own descriptors say about origins and variables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from text2llm.providers.oauth import OAuthFacts
from text2llm.providers.registry import Registry
from text2llm.trust.bindings import Bindings
from text2llm.trust.origin import parse_base_url, parse_origin


def bind_registry(registry: Registry) -> Bindings:
    """The bindings of every provider of ``registry``: what ships, and plugins that the user's settings enable.

    What it lists, it binds: nothing of a repository may be in it.
    """
    origins = {}
    for provider_id in registry.ids():
        provider = registry.get(provider_id)
        assert provider is not None
        origins[provider_id] = frozenset(parse_origin(origin) for origin in provider.origins)
    variables: dict[str, frozenset[str]] = {}
    for provider_id, listed in registry.env_providers():
        for variable in listed:
            variables[variable.name] = variables.get(variable.name, frozenset()) | {provider_id}
    return Bindings(origins, variables)


def bind_logins(bindings: Bindings, logins: Iterable[OAuthFacts]) -> Bindings:
    """The bindings with those of logins: what a login sends goes to the endpoints of its own provider only."""
    origins = {each.provider: frozenset(parse_base_url(url).origin for url in each.urls()) for each in logins}
    return replace(bindings, logins={**bindings.logins, **origins})
