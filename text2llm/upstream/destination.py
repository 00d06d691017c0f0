"""The origin that a credential to be stored may be sent to, and who set it. Pure.

A built-in provider's descriptor binds the credential. For any other provider the origin comes from a flag, or from a
config: that is part of a repository, so the user must confirm it.
"""

from __future__ import annotations

import re
from collections.abc import Container
from enum import Enum
from typing import NamedTuple

from text2llm.config.model import Config, CustomProvider
from text2llm.diagnostics import Location
from text2llm.errors import UsageError
from text2llm.providers.registry import Registry
from text2llm.trust.origin import Origin, parse_origin
from text2llm.upstream.address import find_address

_PROVIDER_ID = r"[a-z0-9][a-z0-9._-]{0,63}"


class OriginSource(Enum):
    """What set an origin. ``UNKNOWN``: the provider's origin is not known yet."""

    DESCRIPTOR = "descriptor"
    USER = "user"
    CONFIG = "config"
    UNKNOWN = "unknown"


class Destination(NamedTuple):
    """Where a credential may be sent. ``place`` is where a config sets the origin, ``note`` a note for the user."""

    source: OriginSource
    origin: Origin | None = None
    place: Location | None = None
    note: str | None = None


def find_destination(
    provider_id: str, given: Origin | None, config: Config, registry: Registry, gateways: Container[str] = ()
) -> Destination:
    """Where a credential of a provider (a canonical id) may be sent; ``given`` is the origin that the user gave.

    ``gateways`` are the providers in the user's settings.

    Raises:
        UsageError: the provider is unknown, or no credential can be bound to the config's base URL.
    """
    bound = _bound_origins(provider_id, registry)
    custom = _find_custom(provider_id, config, registry)
    if given is not None and given not in bound:
        _require_id(provider_id)
        return Destination(OriginSource.USER, given, note=_contradiction(custom, given, config))
    if bound:
        return Destination(OriginSource.DESCRIPTOR, note=_elsewhere(custom, bound, config))
    if custom is not None and custom.moved:
        return _from_config(custom, config)
    if custom is None and registry.get(provider_id) is None and provider_id not in gateways:
        raise explain_unknown(provider_id, config, registry)
    return Destination(
        OriginSource.UNKNOWN, note=f"no origin of {provider_id} is known yet: its credential is not sent"
    )


def _bound_origins(provider_id: str, registry: Registry) -> frozenset[Origin]:
    provider = registry.get(provider_id)
    return frozenset() if provider is None else frozenset(map(parse_origin, provider.origins))


def _find_custom(provider_id: str, config: Config, registry: Registry) -> CustomProvider | None:
    spell = registry.spellings().provider
    return next((custom for name, custom in config.providers.items() if spell(name) == provider_id), None)


def _require_id(provider_id: str) -> None:
    if not re.fullmatch(_PROVIDER_ID, provider_id):
        raise UsageError(
            "--provider is not a valid id", hint="use a-z, 0-9, '.', '_' and '-', starting with a letter or digit"
        )


def explain_unknown(provider_id: str, config: Config, registry: Registry) -> UsageError:
    """The error for an unknown provider. It does not repeat the name, which may be a key."""
    near = registry.near(provider_id, config.providers)
    guess = f"did you mean {' or '.join(near)}? " if near else ""
    return UsageError(
        "--provider: neither text2llm nor the configuration knows this provider",
        hint=f"{guess}for your own provider, add --origin https://HOST: where its credential may be sent",
    )


def _from_config(custom: CustomProvider, config: Config) -> Destination:
    place, address = _place(custom, config), find_address(None, custom)
    problem = address.problem
    if problem is not None:
        raise UsageError(f"the base URL of {custom.id}: {problem.message}", hint=problem.hint, location=place)
    return Destination(OriginSource.CONFIG, address.origin, place)


def _place(custom: CustomProvider, config: Config) -> Location:
    return config.locate((*custom.pointer, "baseUrl"))


def _contradiction(custom: CustomProvider | None, given: Origin, config: Config) -> str | None:
    written = find_address(None, custom).origin
    if custom is None or written in (None, given):
        return None
    return f"{_place(custom, config)} sends it to {written}, which is not allowed"


def _elsewhere(custom: CustomProvider | None, bound: frozenset[Origin], config: Config) -> str | None:
    written = find_address(None, custom).origin
    if custom is None or written is None or written in bound:
        return None
    place = _place(custom, config)
    return f"{place} sends it to {written}, which needs a grant: see `text2llm trust allow --help`"
