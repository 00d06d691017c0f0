"""The bindings that ship with text2llm: what its own descriptors say about origins and variables."""

from __future__ import annotations

from text2llm.providers.registry import Registry
from text2llm.trust.bindings import Bindings
from text2llm.trust.origin import parse_origin


def bind_registry(registry: Registry) -> Bindings:
    """The bindings of every built-in provider. ``registry`` must be the shipped one: what it lists, it binds."""
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
