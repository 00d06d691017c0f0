"""Rules about the references in the ``auth`` part."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.order import ENVIRONMENT, find_payee
from text2llm.auth.reading import Reading
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Severity
from text2llm.fix import write_name
from text2llm.rules.providers import find_unknown_providers
from text2llm.rules.rule import Finding, Rule, define_rule

_ORDER: Pointer = ("auth", "order")
_KINDS = ("api_key", "token", "oauth")


@define_rule(
    "profile-unknown-provider",
    Severity.ERROR,
    "A credential profile is for a provider that does not exist.",
    "correct the provider's name, or define it under models.providers",
    has_fix=True,
)
def profile_unknown_provider(reading: Reading) -> Iterator[Finding]:
    """A profile, or an order of profiles, is for a provider that is neither built in nor configured.

    No model of such a provider can be requested, so the profile is never used: most likely the name is mistyped.
    """
    spell, auth = reading.resolver.spellings.provider, reading.config.auth
    named = [(spell(profile.provider), (*profile.pointer, "provider"), False) for profile in auth.profiles.values()]
    named += [(spell(provider), (*_ORDER, provider), True) for provider in auth.order]
    for agent in reading.config.agents:
        own = auth.agent_orders.get(agent.id, {})
        named += [(spell(provider), (*agent.pointer, *_ORDER, provider), True) for provider in own]
    yield from find_unknown_providers(named, reading)


@define_rule(
    "order-unknown-profile",
    Severity.ERROR,
    "An order of credentials names a profile that does not exist.",
    "declare it under auth.profiles, or remove it from the order",
    has_fix=True,
)
def order_unknown_profile(reading: Reading) -> Iterator[Finding]:
    """An order names a profile that is not declared under ``auth.profiles``, and that no login would be stored as.

    Profiles that the tool stores are called ``provider:name``; those of the order's own provider may exist in a
    user's store without being declared. Any other name refers to nothing, and is silently skipped.
    """
    for _, pointer, profile in _ordered(reading):
        if profile not in reading.config.auth.profiles and ":" not in profile:
            near = reading.suggestions.nearest(profile, reading.config.auth.profiles)
            hint = f"did you mean '{near[0]}'?" if near else None
            fix = write_name(pointer, near[0]) if len(near) == 1 else None
            yield Finding(pointer, f"the profile '{profile}' is not declared under auth.profiles", hint, fix=fix)


@define_rule(
    "order-wrong-provider",
    Severity.ERROR,
    "An order of credentials names a profile of another provider.",
    "move it to the order of its own provider",
)
def order_wrong_provider(reading: Reading) -> Iterator[Finding]:
    """An order names a profile of another provider, whose credential is never sent there.

    A ChatGPT login that is kept for ``openai`` pays for ``openai-codex``: it belongs to the order of that provider.
    """
    spellings = reading.resolver.spellings
    for provider, pointer, profile in _ordered(reading):
        declared = reading.config.auth.profiles.get(profile)
        if declared is None and ":" not in profile:
            continue
        kept = profile.partition(":")[0] if declared is None else declared.provider
        # What an undeclared profile is, only the store knows.
        kinds = _KINDS if declared is None else (declared.mode,)
        payees = [find_payee(kept, kind, spellings) for kind in kinds]
        if spellings.provider(provider) not in payees:
            own = payees[0]
            yield Finding(
                pointer,
                f"the profile '{profile}' is for {own}, not for {spellings.provider(provider)}",
                f"move it to the order of {own}, or remove it",
            )


def _ordered(reading: Reading) -> Iterator[tuple[str, Pointer, str]]:
    """Every profile that an order or a model names: the provider as written, the place, and the profile's id."""
    auth = reading.config.auth
    own = ((agent.pointer, auth.agent_orders.get(agent.id, {})) for agent in reading.config.agents)
    for pointer, order in (((), auth.order), *own):
        place = (*pointer, *_ORDER)
        for provider, profiles in order.items():
            for position, profile in enumerate(profiles):
                if profile != ENVIRONMENT:
                    yield provider, (*place, provider, position), profile
    for custom in reading.config.providers.values():
        for index, model in enumerate(custom.models):
            pinned = auth.pins.get((custom.id, model.id))
            if pinned is not None:
                yield custom.id, (*custom.pointer, "models", index, "profile"), pinned


AUTH_RULES: tuple[Rule[Reading], ...] = (profile_unknown_provider, order_unknown_profile, order_wrong_provider)
