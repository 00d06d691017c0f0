"""Rules about aliases and ids: unique names, the default agent, what an alias points to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import cast

from text2llm.auth.reading import Reading
from text2llm.config.model import AliasEntry
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import read_policy
from text2llm.diagnostics import Severity
from text2llm.fix import remove_value
from text2llm.rules.rule import Finding, Rule, define_rule


@define_rule(
    "alias-collision",
    Severity.ERROR,
    "An alias is defined twice, ignoring case.",
    "rename or remove one of the two",
)
def alias_collision(reading: Reading) -> Iterator[Finding]:
    """An alias can point to one model only, and aliases are compared without case."""
    first: dict[str, AliasEntry] = {}
    locate = cache(reading.config.locate)
    for entry in reading.config.aliases:
        earlier = first.setdefault(entry.alias.casefold(), entry)
        if earlier is not entry:
            message = f"the alias '{entry.alias}' already points to {earlier.model.text} at {locate(earlier.pointer)}"
            yield Finding(entry.pointer, message)


@define_rule(
    "agent-default-conflict",
    Severity.ERROR,
    "Two agents are marked default.",
    "keep default: true on one agent",
    has_fix=True,
)
def agent_default_conflict(reading: Reading) -> Iterator[Finding]:
    """Only one agent can be the default."""
    chosen = [agent for agent in reading.config.agents if agent.default]
    for agent in chosen[1:]:
        pointer, message = (*agent.pointer, "default"), f"the agent '{chosen[0].id}' is marked default already"
        yield Finding(pointer, message, key=True, fix=remove_value(pointer, "this mark", neutral=True))


@define_rule(
    "id-collision",
    Severity.ERROR,
    "Two agents or two providers have ids that mean the same.",
    "rename or merge one of the two",
)
def id_collision(reading: Reading) -> Iterator[Finding]:
    """Ids are compared without case, providers in every spelling: of two such entries one would be lost."""
    agents = [(agent.id, agent.pointer) for agent in reading.config.agents]
    yield from _collisions("agent", agents)
    spellings = reading.resolver.spellings
    for section in (("models", "providers"), ("auth", "order")):
        yield from _collisions(
            "provider", [(spellings.provider(key), (*section, key)) for key in _written_keys(reading, section)]
        )


def _written_keys(reading: Reading, section: tuple[str, str]) -> Iterable[str]:
    # The parsed config already has one entry per id; only the data still have both.
    outer = reading.config.data.get(section[0])
    inner = outer.get(section[1]) if isinstance(outer, dict) else None
    return cast("dict[str, object]", inner) if isinstance(inner, dict) else ()


def _collisions(kind: str, entries: Iterable[tuple[str, Pointer]]) -> Iterator[Finding]:
    first: dict[str, Pointer] = {}
    for identity, pointer in entries:
        earlier = first.setdefault(identity, pointer)
        if earlier is not pointer:
            yield Finding(pointer, f"the same {kind} as '{earlier[-1]}': both are '{identity}'", key=True)


@define_rule("duplicate-model", Severity.WARNING, "A provider lists a model twice.", "merge the two, or correct an id")
def duplicate_model(reading: Reading) -> Iterator[Finding]:
    """Of two entries with one id under ``models.providers`` only the first applies."""
    for custom in reading.config.providers.values():
        first: dict[str, int] = {}
        for index, model in enumerate(custom.models):
            earlier = first.setdefault(reading.spellings.ref(custom.id, model.id).model, index)
            if earlier != index:
                place = (*custom.pointer, "models")
                other = reading.config.locate((*place, earlier, "id"))
                yield Finding((*place, index, "id"), f"the model '{model.id}' is listed already at {other}")


@define_rule(
    "alias-shadows-model", Severity.WARNING, "An alias hides a model of the default provider.", "rename the alias"
)
def alias_shadows_model(reading: Reading) -> Iterator[Finding]:
    """An alias equals the id of a model of the default provider, but points to another model.

    If you write that id without its provider, you get the alias's model instead.
    """
    default, resolver = reading.config.default_provider, reading.resolver
    ids = {known.casefold(): known for known in (*resolver.known_ids, *sorted(resolver.catalogued()))}
    for entry in reading.config.aliases:
        shadowed = ids.get(entry.alias.casefold())
        meant = resolver.aliases[entry.alias.casefold()]
        if shadowed is not None and meant != resolver.spellings.ref(default, shadowed):
            yield Finding(entry.pointer, f"the alias '{entry.alias}' hides the model {default}/{shadowed}")


@define_rule(
    "alias-unused-target",
    Severity.WARNING,
    "An alias points to a model that the policy forbids.",
    "remove the alias, or allow its model in modelPolicy",
)
def alias_unused_target(reading: Reading) -> Iterator[Finding]:
    """An alias points to a model that ``modelPolicy.allow`` forbids, so it cannot be used."""
    config, resolver = reading.config, reading.resolver
    is_allowed = read_policy(config, resolver.spellings)
    for entry in config.aliases:
        ref = resolver.aliases[entry.alias.casefold()]
        if not is_allowed(ref):
            yield Finding(entry.pointer, f"the alias '{entry.alias}' points to {ref}, which modelPolicy forbids")


IDENTITY_RULES: tuple[Rule[Reading], ...] = (
    alias_collision,
    agent_default_conflict,
    id_collision,
    duplicate_model,
    alias_shadows_model,
    alias_unused_target,
)
