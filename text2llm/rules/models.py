"""Rules about the models that agents use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Resolved, Via, read_policy
from text2llm.config.roles import KNOWN_ROLES, read_position
from text2llm.config.suggest import find_misspelled
from text2llm.diagnostics import Severity
from text2llm.fix import Fix, remove_value, write_name
from text2llm.refs import ModelRef
from text2llm.rules.catalog import ChainLink, check_chains, is_below, is_key
from text2llm.rules.names import list_models, suggest_model
from text2llm.rules.rule import Finding, Rule, define_rule


@define_rule(
    "bare-reference",
    Severity.WARNING,
    "A model has no provider and is not an alias.",
    "write provider/model",
    has_fix=True,
)
def bare_reference(reading: Reading) -> Iterator[Finding]:
    """A name without provider that is not an alias resolves to a model of the default provider.

    So a mistyped alias goes unnoticed until the model is requested.
    """
    config, resolver = reading.config, reading.resolver
    known = cache(partial(list_models, config, resolver))
    for text, ref, via, pointer in reading.used:
        if via is Via.BARE:
            yield _bare(text, ref, pointer, reading, known)
    for name in (*config.models, *config.agent_models):
        if "/" not in name.text:
            ref = resolver.spellings.ref(config.default_provider, name.text)
            if ref.model not in resolver.catalogued():
                yield _bare(name.text, ref, name.pointer, reading, known)


def _bare(
    text: str, ref: ModelRef, pointer: Pointer, reading: Reading, known: Callable[[], Mapping[str, str]]
) -> Finding:
    aliased = reading.resolver.aliases.get(text.strip().casefold())
    if aliased is not None:
        message = f"'{text}' has no provider, and a key is no alias: it resolves to {ref}"
        return Finding(pointer, message, f"write {aliased}", is_key(pointer))
    near = suggest_model(text.strip(), reading, known)
    lacking = reading.lacks(ref)
    if near not in (None, str(ref)):
        hint = f"did you mean '{near}'?" + ("" if lacking else f" If not, write {ref}")
    elif lacking:
        hint = f"write provider/model: the catalog has no model '{ref.model}' of {ref.provider}"
    else:
        hint = f"write {ref} if that is what it means"
    message = f"'{text}' has no provider and is not an alias: it resolves to {ref}"
    is_meant = not lacking and near in (None, str(ref))
    fix = write_name(pointer, str(ref), key=is_key(pointer), neutral=True) if is_meant else None
    return Finding(pointer, message, hint, is_key(pointer), fix)


@define_rule(
    "policy-violation", Severity.ERROR, "A model in use is not allowed by modelPolicy.", "choose a model that it allows"
)
def policy_violation(reading: Reading) -> Iterator[Finding]:
    """A model in use that ``modelPolicy.allow`` does not cover was never approved."""
    config = reading.config
    is_allowed = read_policy(config, reading.spellings)
    for _, ref, _, pointer in () if config.policy is None else reading.used:
        if not is_allowed(ref):
            place = config.locate((*DEFAULTS, "modelPolicy", "allow"), key=True)
            hint = f"choose a model that it allows, or add '{ref}' to it at {place}"
            yield Finding(pointer, f"{ref} is not allowed by modelPolicy", hint)


@define_rule(
    "fallback-duplicate",
    Severity.WARNING,
    "A chain holds the same model twice.",
    "remove one of the two, or set fallbacks for the agent",
    has_fix=True,
)
def fallback_duplicate(reading: Reading) -> Iterator[Finding]:
    """A model that already failed is tried again if its chain has it twice, in any spelling."""
    return check_chains(reading, reading.config.roles, _duplicates)


def _duplicates(link: ChainLink) -> Iterator[Finding]:
    primary = link.chain.primary
    if link.inherited is not None:
        if primary is not None and primary.ref in link.inherited.refs and is_below(primary.pointer, link.owner):
            yield _duplicate(primary, "also an inherited fallback")
        return  # two of the defaults have that finding there
    first: dict[ModelRef, Resolved] = {}
    for member in link.chain.members():
        earlier = first.setdefault(member.ref, member)
        if earlier is not member:
            yield _duplicate(member, "already there", remove_value(member.pointer, "it", safe=True, neutral=True))


def _duplicate(member: Resolved, what: str, fix: Fix | None = None) -> Finding:
    return Finding(member.pointer, f"{member.ref} is {what} in this chain", fix=fix)


@define_rule(
    "fallback-same-provider",
    Severity.INFO,
    "Every fallback shares the primary's provider.",
    "add a fallback of another provider",
)
def fallback_same_provider(reading: Reading) -> Iterator[Finding]:
    """Every fallback is of the primary's provider: when that is down, or rejects the key, the whole chain fails."""
    return check_chains(reading, reading.config.roles, _one_provider)


def _one_provider(link: ChainLink) -> Iterator[Finding]:
    chain, inherited = link.chain, link.inherited
    providers = {member.ref.provider for member in link.written()} | (inherited.providers if inherited else set())
    own = next((each for each in (*link.written()[1:], *link.written()) if is_below(each.pointer, link.owner)), None)
    if own is not None and chain.primary is not None and chain.fallbacks and len(providers) == 1:
        message = f"every model of this chain is at {own.ref.provider}: one outage disables all of them"
        yield Finding(own.pointer, message)


@define_rule(
    "unknown-role",
    Severity.WARNING,
    "A role's name is almost that of a role that tools know, or no agent has it.",
    "correct the name",
    has_fix=True,
)
def unknown_role(reading: Reading) -> Iterator[Finding]:
    """A tool looks for its roles by their names: the model of a misspelled one is never used.

    Names that are like none of them are yours. A role in ``probe.require`` must be set for an agent or in the defaults.
    """
    config = reading.config
    owners = [(DEFAULTS, config.defaults), *((agent.pointer, agent.choices) for agent in config.agents)]
    for role in config.roles:
        near = find_misspelled(role.name, KNOWN_ROLES) if role.is_own else None
        if near is not None:
            pointers = ((*owner, *role.pointer) for owner, choices in owners if role in choices)
            message = f"'{role.name}' is not a role that tools know"
            hint = f"did you mean '{near}'?"
            for pointer in pointers:
                yield Finding(pointer, message, hint, key=True, fix=write_name(pointer, near, key=True))
    for index, word in enumerate(config.probe.require or ()):
        found = read_position(word)
        if found is not None and found[0] not in config.roles:
            name = found[0].name
            near = reading.suggestions.near(name, (role.name for role in config.roles if role.is_own))
            hint = f"did you mean 'role:{near}'?" if near else "set its model under agents.defaults.roles"
            yield Finding(("probe", "require", index), f"no agent has the role '{name}'", hint)


MODEL_RULES: tuple[Rule[Reading], ...] = (
    policy_violation,
    bare_reference,
    fallback_duplicate,
    fallback_same_provider,
    unknown_role,
)
