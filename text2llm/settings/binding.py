"""Where credentials may be sent, from all sources: descriptors, settings and the grants variable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from text2llm.providers.oauth import OAuthFacts
from text2llm.providers.registry import Registry
from text2llm.providers.tenancy import find_family, find_tenant_origins
from text2llm.refs import Spellings
from text2llm.settings.model import OidcGateway, Settings
from text2llm.trust.bindings import Bindings, Grant, Trust, parse_trusted_origins, spell_name
from text2llm.trust.origin import parse_base_url, parse_origin
from text2llm.trust.public import GRANTS_VARIABLE


def gather_trust(
    registry: Registry, settings: Settings, environ: Mapping[str, str], logins: Iterable[OAuthFacts] = ()
) -> Trust:
    """The shipped bindings and the user's grants. ``logins`` are those whose secrets are to be sent; probes send none.

    Raises:
        TrustedOriginsError: the environment's grants cannot be read.
    """
    bindings = bind_tenants(gather_bindings(registry, settings, logins), registry, environ)
    return Trust(bindings, (*settings.grants, *grants_of_environment(environ, registry.spellings())))


def gather_bindings(registry: Registry, settings: Settings, logins: Iterable[OAuthFacts] = ()) -> Bindings:
    """The shipped bindings, those of ``logins``, and those of the user's gateways."""
    return bind_gateways(bind_logins(bind_registry(registry), logins), settings.gateways)


@lru_cache(maxsize=4)
def bind_registry(registry: Registry) -> Bindings:
    """The bindings of every provider of ``registry``, which must have nothing from a repository. Cached."""
    origins, families = {}, {}
    for provider_id in registry.ids():
        provider = registry.get(provider_id)
        assert provider is not None
        origins[provider_id] = frozenset(parse_origin(origin) for origin in provider.origins)
        families[provider_id] = tuple(filter(None, map(find_family, provider.patterns)))
    variables: dict[str, frozenset[str]] = {}
    for provider_id, listed in registry.env_providers(identities=True):
        for variable in listed:
            variables[variable.name] = variables.get(variable.name, frozenset()) | {provider_id}
    return Bindings(origins, variables, families=families)


def bind_tenants(bindings: Bindings, registry: Registry, environ: Mapping[str, str]) -> Bindings:
    """The bindings with those to the addresses that the environment fills in, such as a resource of Azure."""
    found = {
        name: find_tenant_origins(provider, environ) for name in registry.ids() if (provider := registry.get(name))
    }
    origins = dict(bindings.origins)
    for name, urls in found.items():
        origins[name] = origins.get(name, frozenset()) | {parse_base_url(url).origin for url in urls}
    return replace(bindings, origins=origins)


def bind_logins(bindings: Bindings, logins: Iterable[OAuthFacts]) -> Bindings:
    """The bindings with those of logins: each is bound to its own provider's endpoints only."""
    origins = {each.provider: frozenset(parse_base_url(url).origin for url in each.urls()) for each in logins}
    return replace(bindings, logins={**bindings.logins, **origins})


def grants_of_environment(environ: Mapping[str, str], spellings: Spellings) -> tuple[Grant, ...]:
    """The grants of ``TEXT2LLM_TRUSTED_ORIGINS``.

    Raises:
        TrustedOriginsError: they cannot be read.
    """
    given = parse_trusted_origins(environ.get(GRANTS_VARIABLE, ""))
    return tuple(replace(grant, credential=spell_name(grant.credential, spellings)) for grant in given)


def bind_gateways(bindings: Bindings, gateways: Mapping[str, OidcGateway]) -> Bindings:
    """The bindings with those of the user's gateways: each is bound to its own origins only."""
    origins = {
        provider: frozenset((parse_base_url(each.issuer).origin, *map(parse_origin, each.origins)))
        for provider, each in gateways.items()
    }
    return replace(bindings, logins={**bindings.logins, **origins})
