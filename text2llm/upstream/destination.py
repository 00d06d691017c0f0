"""Where a credential that is about to be stored may go: who says so, and whether a person must confirm it. Pure.

A built-in provider's descriptor binds it. For any other provider the origin is somebody's word: a flag's, or that of
a config, which comes from a repository and so is asked about.
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


class Word(Enum):
    """Who says where a credential goes. ``NOBODY`` is a provider of which no address is known yet."""

    DESCRIPTOR = "descriptor"
    PERSON = "person"
    CONFIG = "config"
    NOBODY = "nobody"


class Destination(NamedTuple):
    """Where a credential may go. ``place`` is where a config says so, ``note`` what a person should know."""

    word: Word
    origin: Origin | None = None
    place: Location | None = None
    note: str | None = None


def find_destination(
    provider_id: str, given: Origin | None, config: Config, registry: Registry, gateways: Container[str] = ()
) -> Destination:
    """Where a credential of a provider (a canonical id) may go; ``given`` is what a person named.

    ``gateways`` are providers that the user's settings know.

    Raises:
        UsageError: nothing knows the provider, or the config's base URL is none that a credential can be bound to.
    """
    bound = _bound_origins(provider_id, registry)
    custom = _find_custom(provider_id, config, registry)
    if given is not None and given not in bound:
        _require_id(provider_id)
        return Destination(Word.PERSON, given, note=_contradiction(custom, given, config))
    if bound:
        return Destination(Word.DESCRIPTOR, note=_elsewhere(custom, bound, config))
    if custom is not None and custom.moved:
        return _of_config(custom, config)
    if custom is None and registry.get(provider_id) is None and provider_id not in gateways:
        raise explain_unknown(provider_id, config, registry)
    return Destination(Word.NOBODY, note=f"no origin of {provider_id} is known yet, so nothing may be sent with it")


def _bound_origins(provider_id: str, registry: Registry) -> frozenset[Origin]:
    provider = registry.get(provider_id)
    return frozenset() if provider is None else frozenset(map(parse_origin, provider.origins))


def _find_custom(provider_id: str, config: Config, registry: Registry) -> CustomProvider | None:
    spell = registry.spellings().provider
    return next((custom for name, custom in config.providers.items() if spell(name) == provider_id), None)


def _require_id(provider_id: str) -> None:
    if not re.fullmatch(_PROVIDER_ID, provider_id):
        raise UsageError(
            "--provider is no provider's id", hint="use a-z, 0-9, '.', '_' and '-', starting with a letter or digit"
        )


def explain_unknown(provider_id: str, config: Config, registry: Registry) -> UsageError:
    """An error for a provider that neither text2llm nor the config knows. Its name is not repeated: it may be a key."""
    near = registry.near(provider_id, config.providers)
    guess = f"did you mean {' or '.join(near)}? " if near else ""
    return UsageError(
        "--provider: neither text2llm nor the configuration knows this provider",
        hint=f"{guess}for one of your own, add --origin https://HOST: where its credential may go",
    )


def _of_config(custom: CustomProvider, config: Config) -> Destination:
    place, address = _place(custom, config), find_address(None, custom)
    problem = address.problem
    if problem is not None:
        raise UsageError(f"the base URL of {custom.id}: {problem.message}", hint=problem.hint, location=place)
    return Destination(Word.CONFIG, address.origin, place)


def _place(custom: CustomProvider, config: Config) -> Location:
    return config.locate((*custom.pointer, "baseUrl"))


def _contradiction(custom: CustomProvider | None, given: Origin, config: Config) -> str | None:
    written = find_address(None, custom).origin
    if custom is None or written in (None, given):
        return None
    return f"{_place(custom, config)} sends it to {written}, where it may not go"


def _elsewhere(custom: CustomProvider | None, bound: frozenset[Origin], config: Config) -> str | None:
    written = find_address(None, custom).origin
    if custom is None or written is None or written in bound:
        return None
    help_text = "see `text2llm trust allow --help`"
    return f"{_place(custom, config)} sends it to {written}, which needs a grant: {help_text}"
