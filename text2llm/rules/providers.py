"""Rules about providers and their base URLs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS, CustomProvider
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Via
from text2llm.config.suggest import is_misspelling
from text2llm.diagnostics import Severity
from text2llm.fix import Fix, write_name
from text2llm.rules.rule import Finding, Rule, define_rule

if TYPE_CHECKING:  # not needed at start-up for a config without a baseUrl
    from text2llm.trust.origin import Origin
    from text2llm.upstream.address import Address


@define_rule(
    "unknown-provider",
    Severity.ERROR,
    "A provider is neither built in nor configured.",
    "define it under models.providers",
    has_fix=True,
)
def unknown_provider(reading: Reading) -> Iterator[Finding]:
    """A provider that is neither built in nor under ``models.providers`` cannot be reached."""
    yield from find_unknown_providers(_named_providers(reading), reading)


def find_unknown_providers(named: Iterable[tuple[str, Pointer, bool]], reading: Reading) -> Iterator[Finding]:
    """A finding for each provider that is unknown; ``named``: its canonical id, where, and whether a key names it."""
    spellings = reading.resolver.spellings
    known = dict.fromkeys((*reading.registry.ids(), *map(spellings.provider, reading.config.providers)))
    for provider, pointer, key in named:
        if provider not in known:
            found = reading.suggestions.nearest(provider, chain(known, spellings.providers))
            near = list(dict.fromkeys(map(spellings.provider, found)))
            hint = f"did you mean '{near[0]}'?" if near else None
            message = f"the provider '{provider}' is neither built in nor configured"
            yield Finding(pointer, message, hint, key, _spell_provider(near, pointer, reading, key=key))


def _spell_provider(near: Sequence[str], pointer: Pointer, reading: Reading, *, key: bool) -> Fix | None:
    """Write the only provider that a misspelled one is like; what follows a slash stays."""
    written = pointer[-1] if key else reading.config.value_at(pointer)
    if len(near) != 1 or not isinstance(written, str):
        return None
    provider, slash, model = written.partition("/")
    is_model = slash and "*" not in model
    is_known = not is_model or not reading.lacks(reading.spellings.ref(near[0], model))
    is_safe = is_known and is_misspelling(provider, near[0])
    return write_name(pointer, f"{near[0]}{slash}{model}", key=key, safe=is_safe)


def _named_providers(reading: Reading) -> Iterator[tuple[str, Pointer, bool]]:
    # Bare names belong to the default provider.
    config, resolver = reading.config, reading.resolver
    yield resolver.spellings.provider(config.default_provider), (*DEFAULTS, "provider"), False
    for _, ref, via, pointer in reading.used:
        if via is Via.REFERENCE:
            yield ref.provider, pointer, False
    for names, key in ((config.models, True), (config.agent_models, True), (config.policy or (), False)):
        for name in names:
            if "/" in name.text:
                yield resolver.spellings.provider(name.text.partition("/")[0]), name.pointer, key


@define_rule(
    "foreign-origin",
    Severity.WARNING,
    "A built-in provider is pointed at another origin.",
    "give the service its own id",
)
def foreign_origin(reading: Reading) -> Iterator[Finding]:
    """A built-in provider has the base URL of another origin, which then receives every request."""
    for custom, address in find_addresses(reading):
        if address.origin is not None and not is_home(custom, address.origin, reading):
            provider = reading.resolver.spellings.provider(custom.id)
            yield Finding(
                (*custom.pointer, "baseUrl"),
                f"the built-in provider '{provider}' is pointed at {address.origin}, which is not its own",
                "give the service its own id, or remove the baseUrl",
            )


@define_rule(
    "invalid-origin",
    Severity.ERROR,
    "A base URL that programs could read differently.",
    "write scheme, host and path plainly",
    fixed=True,
)
def invalid_origin(reading: Reading) -> Iterator[Finding]:
    """A credential is bound to an origin, so every program must read the base URL alike."""
    for custom, address in find_addresses(reading):
        if address.problem is not None:
            yield Finding((*custom.pointer, "baseUrl"), address.problem.message, address.problem.hint)


def find_addresses(reading: Reading) -> Iterator[tuple[CustomProvider, Address]]:
    """The addresses that the configuration sets."""
    for custom in reading.config.providers.values():
        if custom.moved:
            from text2llm.upstream.address import find_address

            yield custom, find_address(reading.registry.get(reading.spellings.provider(custom.id)), custom)


def is_home(custom: CustomProvider, origin: Origin, reading: Reading) -> bool:
    """Whether an origin is the provider's own; one that is not built in, or runs on the user's machine, has none."""
    provider = reading.registry.get(reading.resolver.spellings.provider(custom.id))
    if provider is None or provider.local or str(origin) in provider.origins:
        return True
    # https://{resource}.openai.azure.com: the user fills in the braces.
    host = provider.base_url.partition("://")[2].partition("/")[0]
    pattern = "[a-z0-9-]+".join(map(re.escape, re.split(r"\{[a-z_]+\}", host)))
    return origin.scheme == "https" and origin.has_usual_port and re.fullmatch(pattern, origin.host) is not None


PROVIDER_RULES: tuple[Rule[Reading], ...] = (unknown_provider, invalid_origin, foreign_origin)
