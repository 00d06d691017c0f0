"""Rules about what the ``auth`` part refers to."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.reading import Reading
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Severity
from text2llm.rules.rule import Finding, Rule

_ORDER: Pointer = ("auth", "order")


def find_unknown_provider(reading: Reading) -> Iterator[Finding]:
    """A profile, or an order of profiles, is for a provider that is neither built in nor configured.

    No model of such a provider can be asked for, so the profile is never used: most likely the name is mistyped.
    """
    spellings, auth = reading.resolver.spellings, reading.config.auth
    known = {*reading.registry.ids(), *map(spellings.provider, reading.config.providers)}
    named = [(profile.provider, (*profile.pointer, "provider"), False) for profile in auth.profiles.values()]
    named += [(provider, (*_ORDER, provider), True) for provider in auth.order]
    for written, pointer, key in named:
        provider = spellings.provider(written)
        if provider not in known:
            near = reading.suggestions.near(provider, (*sorted(known), *spellings.providers))
            hint = f"did you mean '{spellings.provider(near)}'?" if near else None
            yield Finding(pointer, f"the provider '{provider}' is neither built in nor configured", hint, key)


def find_unknown_profile(reading: Reading) -> Iterator[Finding]:
    """An order names a profile that is not declared under ``auth.profiles``, and that no login would be stored as.

    Profiles that the tool stores are called ``provider:name``; those of the order's own provider may exist in
    somebody's store without being declared. Any other name points nowhere, and is silently skipped.
    """
    for provider, position, profile in _ordered(reading):
        if profile not in reading.config.auth.profiles and ":" not in profile:
            pointer = (*_ORDER, provider, position)
            near = reading.suggestions.near(profile, reading.config.auth.profiles)
            hint = f"did you mean '{near}'?" if near else None
            yield Finding(pointer, f"there is no profile '{profile}' under auth.profiles", hint)


def find_wrong_provider(reading: Reading) -> Iterator[Finding]:
    """An order names a profile of another provider: its credential would be of no use there, and is never sent."""
    spellings = reading.resolver.spellings
    for provider, position, profile in _ordered(reading):
        declared = reading.config.auth.profiles.get(profile)
        if declared is None and ":" not in profile:
            continue
        own = spellings.provider(profile.partition(":")[0] if declared is None else declared.provider)
        if own != spellings.provider(provider):
            yield Finding(
                (*_ORDER, provider, position),
                f"the profile '{profile}' is for {own}, not for {spellings.provider(provider)}",
                f"move it to the order of {own}, or take it out",
            )


def _ordered(reading: Reading) -> Iterator[tuple[str, int, str]]:
    """Every entry of every order: the provider as written, the position, and the profile's id."""
    for provider, profiles in reading.config.auth.order.items():
        for position, profile in enumerate(profiles):
            yield provider, position, profile


AUTH_RULES: tuple[Rule[Reading], ...] = (
    Rule(
        "profile-unknown-provider",
        Severity.ERROR,
        "A credential profile is for a provider that does not exist.",
        "mend the provider's name, or define it under models.providers",
        find_unknown_provider,
    ),
    Rule(
        "order-unknown-profile",
        Severity.ERROR,
        "An order of credentials names a profile that does not exist.",
        "declare it under auth.profiles, or take it out of the order",
        find_unknown_profile,
    ),
    Rule(
        "order-wrong-provider",
        Severity.ERROR,
        "An order of credentials names a profile of another provider.",
        "move it to the order of its own provider",
        find_wrong_provider,
    ),
)
