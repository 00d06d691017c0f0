"""Everything that decides where credentials may go, put together: descriptors, settings and the grants' variable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from text2llm.providers.oauth import OAuthFacts
from text2llm.providers.registry import Registry
from text2llm.refs import Spellings
from text2llm.settings.model import OidcGateway, Settings
from text2llm.trust.bindings import Bindings, Grant, Trust, parse_trusted_origins, spell_name
from text2llm.trust.builtin import bind_logins, bind_registry
from text2llm.trust.origin import parse_base_url, parse_origin
from text2llm.trust.public import GRANTS_VARIABLE


def gather_trust(
    registry: Registry, settings: Settings, environ: Mapping[str, str], logins: Iterable[OAuthFacts] = ()
) -> Trust:
    """The shipped bindings and a person's grants. ``logins`` are those whose secrets are to be sent; probes send none.

    Raises:
        TrustedOriginsError: the environment's grants cannot be read.
    """
    bindings = bind_gateways(bind_logins(bind_registry(registry), logins), settings.gateways)
    return Trust(bindings, (*settings.grants, *grants_of_environment(environ, registry.spellings())))


def grants_of_environment(environ: Mapping[str, str], spellings: Spellings) -> tuple[Grant, ...]:
    """The grants of ``TEXT2LLM_TRUSTED_ORIGINS``.

    Raises:
        TrustedOriginsError: they cannot be read.
    """
    given = parse_trusted_origins(environ.get(GRANTS_VARIABLE, ""))
    return tuple(replace(grant, credential=spell_name(grant.credential, spellings)) for grant in given)


def bind_gateways(bindings: Bindings, gateways: Mapping[str, OidcGateway]) -> Bindings:
    """The bindings with those of the user's gateways: a login through one goes to it and to nobody else."""
    origins = {
        provider: frozenset((parse_base_url(each.issuer).origin, *map(parse_origin, each.origins)))
        for provider, each in gateways.items()
    }
    return replace(bindings, logins={**bindings.logins, **origins})
