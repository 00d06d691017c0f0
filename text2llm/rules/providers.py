"""Rules about providers and where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS, CustomProvider
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Via
from text2llm.diagnostics import Severity
from text2llm.rules.rule import Finding, Rule

if TYPE_CHECKING:  # start-up that a config without a baseUrl has no use for
    from text2llm.trust.origin import Origin
    from text2llm.upstream.address import Address


def find_unknown(reading: Reading) -> Iterator[Finding]:
    """A provider that is neither built in nor under ``models.providers`` cannot be asked anything."""
    spellings = reading.resolver.spellings
    known = dict.fromkeys((*reading.registry.ids(), *map(spellings.provider, reading.config.providers)))
    for provider, pointer, key in _named_providers(reading):
        if provider in known:
            continue
        near = reading.suggestions.near(provider, (*known, *spellings.providers))
        meant = f"did you mean '{spellings.provider(near)}'?" if near else None
        yield Finding(pointer, f"the provider '{provider}' is neither built in nor configured", meant, key)


def _named_providers(reading: Reading) -> Iterator[tuple[str, Pointer, bool]]:
    """Each provider that is named, where, and whether a key names it. Bare names are the default provider's matter."""
    config, resolver = reading.config, reading.resolver
    yield resolver.spellings.provider(config.default_provider), (*DEFAULTS, "provider"), False
    for name in config.chain_names():
        resolved = resolver.resolve_name(name)
        if resolved.via is Via.REFERENCE:
            yield resolved.ref.provider, name.pointer, False
    for names, key in ((config.models, True), (config.policy or (), False)):
        for name in names:
            if "/" in name.text:
                yield resolver.spellings.provider(name.text.partition("/")[0]), name.pointer, key


def find_foreign(reading: Reading) -> Iterator[Finding]:
    """A built-in provider is pointed away from its own address: from there on, someone else reads every request."""
    for custom, address in _addresses(reading):
        if address.origin is not None and not _is_home(custom, address.origin, reading):
            provider = reading.resolver.spellings.provider(custom.id)
            yield Finding(
                (*custom.pointer, "baseUrl"),
                f"the built-in provider '{provider}' is pointed at {address.origin}, which is not its own",
                "give the service an id of its own, or leave the baseUrl out",
            )


def find_invalid(reading: Reading) -> Iterator[Finding]:
    """A credential is bound to an address, so the address must read alike for every program."""
    for custom, address in _addresses(reading):
        if address.problem is not None:
            yield Finding((*custom.pointer, "baseUrl"), address.problem.message, address.problem.hint)


def _addresses(reading: Reading) -> Iterator[tuple[CustomProvider, Address]]:
    for custom in reading.config.providers.values():
        if custom.moved:
            from text2llm.upstream.address import find_address

            yield custom, find_address(None, custom)


def _is_home(custom: CustomProvider, origin: Origin, reading: Reading) -> bool:
    """Whether an origin is the provider's own; one that is not built in, or runs on the user's machine, has none."""
    provider = reading.registry.get(reading.resolver.spellings.provider(custom.id))
    if provider is None or provider.local or str(origin) in provider.origins:
        return True
    # https://{resource}.openai.azure.com: what stands in braces is the user's to fill in.
    host = provider.base_url.partition("://")[2].partition("/")[0]
    pattern = "[a-z0-9-]+".join(map(re.escape, re.split(r"\{[a-z_]+\}", host)))
    return origin.scheme == "https" and origin.has_usual_port and re.fullmatch(pattern, origin.host) is not None


PROVIDER_RULES: tuple[Rule[Reading], ...] = (
    Rule(
        "unknown-provider",
        Severity.ERROR,
        "A provider is neither built in nor configured.",
        "define it under models.providers",
        find_unknown,
    ),
    Rule(
        "invalid-origin",
        Severity.ERROR,
        "A base URL that programs could read differently.",
        "write scheme, host and path plainly",
        find_invalid,
        fixed=True,
    ),
    Rule(
        "foreign-origin",
        Severity.WARNING,
        "A built-in provider is pointed at another origin.",
        "give the service an id of its own",
        find_foreign,
    ),
)
