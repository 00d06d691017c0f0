"""Rules about names that must be unique: aliases, ids, the default agent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import cast

from text2llm.auth.reading import Reading
from text2llm.config.model import AliasEntry
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Severity
from text2llm.rules.rule import Finding, Rule


def find_alias_collision(reading: Reading) -> Iterator[Finding]:
    """An alias can stand for one model only, and case does not tell two aliases apart."""
    first: dict[str, AliasEntry] = {}
    locate = cache(reading.config.locate)
    for entry in reading.config.aliases:
        earlier = first.setdefault(entry.alias.casefold(), entry)
        if earlier is not entry:
            said = f"the alias '{entry.alias}' already stands for {earlier.model.text} at {locate(earlier.pointer)}"
            yield Finding(entry.pointer, said)


def find_default_conflict(reading: Reading) -> Iterator[Finding]:
    """Only one agent can be the default."""
    chosen = [agent for agent in reading.config.agents if agent.default]
    for agent in chosen[1:]:
        yield Finding((*agent.pointer, "default"), f"the agent '{chosen[0].id}' is marked default already", key=True)


def find_id_collision(reading: Reading) -> Iterator[Finding]:
    """Ids compare without case, and providers in every spelling, so two such entries are one, and one would be lost."""
    agents = [(agent.id, agent.pointer) for agent in reading.config.agents]
    yield from _collisions("agent", agents)
    spellings = reading.resolver.spellings
    for section in (("models", "providers"), ("auth", "order")):
        yield from _collisions(
            "provider", [(spellings.provider(key), (*section, key)) for key in _written_keys(reading, section)]
        )


def _written_keys(reading: Reading, section: tuple[str, str]) -> Iterable[str]:
    # The parsed config has one entry an id already; only the data still know that there were two.
    outer = reading.config.data.get(section[0])
    inner = outer.get(section[1]) if isinstance(outer, dict) else None
    return cast("dict[str, object]", inner) if isinstance(inner, dict) else ()


def _collisions(kind: str, entries: Iterable[tuple[str, Pointer]]) -> Iterator[Finding]:
    first: dict[str, Pointer] = {}
    for identity, pointer in entries:
        earlier = first.setdefault(identity, pointer)
        if earlier is not pointer:
            yield Finding(pointer, f"the same {kind} as '{earlier[-1]}': both are '{identity}'", key=True)


IDENTITY_RULES: tuple[Rule[Reading], ...] = (
    Rule(
        "alias-collision",
        Severity.ERROR,
        "The same aliasis defined twice, ignoring case.",
        "rename or remove one of the two",
        find_alias_collision,
    ),
    Rule(
        "agent-default-conflict",
        Severity.ERROR,
        "Two agents are marked default.",
        "keep default: true on one agent",
        find_default_conflict,
    ),
    Rule(
        "id-collision",
        Severity.ERROR,
        "Two agents or two providers have ids that mean the same.",
        "rename or merge one of the two",
        find_id_collision,
    ),
)
