"""The steps from a name in a file to its model. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Chain, Resolved, Via
from text2llm.config.roles import Role
from text2llm.explain.explanation import Part, Step, StepSource
from text2llm.explain.layers import trace_layers
from text2llm.refs import ModelRef


def trace_role(agent: str | None, role: Role, reading: Reading) -> tuple[Part, ...]:
    """The primary and the fallbacks of a role; ``agent`` is ``None`` for the defaults."""
    chain = reading.resolver.chain(agent, role)
    fallbacks = tuple(trace_fallback(agent, role, index, reading) for index in range(len(chain.fallbacks)))
    return (trace_primary(agent, role, reading), *(fallbacks or (_no_fallbacks(agent, role, chain, reading),)))


def trace_primary(agent: str | None, role: Role, reading: Reading) -> Part:
    chain, words = reading.resolver.chain(agent, role), role.words
    word = words.primary
    sources = _trace_sources(agent, (*role.pointer, "primary"), word, chain.primary_source, reading)
    if chain.primary is None:
        step = Step(f"no {word} is set", StepSource.DEFAULT)
        return Part(word, None, (*sources, step), f"run `text2llm models {words.command} PROVIDER/MODEL`")
    return Part(word, str(chain.primary.ref), (*sources, *trace_name(chain.primary, reading)))


def trace_fallback(agent: str | None, role: Role, index: int, reading: Reading) -> Part:
    """One fallback of a role, counted from 0."""
    chain, word = reading.resolver.chain(agent, role), role.words.fallback
    member = chain.fallbacks[index]
    sources = _trace_sources(agent, (*role.pointer, "fallbacks"), f"{word}s", chain.fallbacks_source, reading)
    return Part(f"{word} {index + 1}", str(member.ref), (*sources, *trace_name(member, reading)))


def _no_fallbacks(agent: str | None, role: Role, chain: Chain, reading: Reading) -> Part:
    word, steps = f"{role.words.fallback}s", (*role.pointer, "fallbacks")
    sources = _trace_sources(agent, steps, word, chain.fallbacks_source, reading)
    if chain.fallbacks_source is None:
        return Part(word, "none", (*sources, Step(f"no {word} are set", StepSource.DEFAULT)))
    owner = reading.config.agent(agent) if agent is not None and chain.fallbacks_source == "agent" else None
    place = reading.config.locate((*(DEFAULTS if owner is None else owner.pointer), *steps))
    return Part(word, "none", (*sources, Step("an empty list", StepSource.FILE, place)))


def _trace_sources(
    agent: str | None, steps: Pointer, word: str, source: str | None, reading: Reading
) -> Iterator[Step]:
    """What the layers say about a key of a role: of the agent, then of the defaults, if these apply."""
    config = reading.config
    settings = None if agent is None else config.agent(agent)
    if settings is not None:
        yield from trace_layers((*settings.pointer, *steps), config)
    if agent is not None and source == "defaults":
        text = f"agent {agent} has no {word} of its own; the defaults apply"
        if settings is None:
            yield Step(text, StepSource.DEFAULT)
        else:
            yield Step(text, StepSource.FILE, config.locate(settings.pointer, key=True))
    if source != "agent":
        yield from trace_layers((*DEFAULTS, *steps), config)


def trace_name(member: Resolved, reading: Reading) -> Iterator[Step]:
    text = member.text.strip()
    place = reading.config.locate(member.pointer) if member.pointer else None
    if place is not None:
        yield Step(f"written as {text}", StepSource.FILE, place)
    match member.via:
        case Via.ALIAS:
            yield from _trace_alias(text, member.ref, reading)
        case Via.BARE | Via.KNOWN_ID:
            yield _trace_provider(reading)
        case Via.REFERENCE:
            pass
        case _:
            assert_never(member.via)
    if member.via is not Via.ALIAS and not str(member.ref).endswith(text):
        yield Step(f"another spelling of {member.ref}", StepSource.BUILT_IN)


def _trace_alias(text: str, ref: ModelRef, reading: Reading) -> Iterator[Step]:
    """The entry that defines an alias; of two equal ones the first applies."""
    entry = next(each for each in reading.config.aliases if each.alias.casefold() == text.casefold())
    yield Step(f"{entry.alias} is an alias of {ref}", StepSource.FILE, reading.config.locate(entry.pointer))
    yield from trace_layers(entry.pointer, reading.config)


def _trace_provider(reading: Reading) -> Step:
    pointer = (*DEFAULTS, "provider")
    text = f"a name without a provider belongs to {reading.config.default_provider}"
    if reading.config.value_at(pointer) is None:
        return Step(text, StepSource.DEFAULT)
    return Step(text, StepSource.FILE, reading.config.locate(pointer))
