"""The check of a policy's highest reasoning effort: what the parameters of each agent's models come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from text2llm.auth.reading import Reading
from text2llm.config.model import AgentSettings
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Resolved
from text2llm.config.roles import Role
from text2llm.params.spelling import fold_name, read_params
from text2llm.params.wires import EFFORTS
from text2llm.policy.model import Breach, WrittenPolicy
from text2llm.refs import ModelRef
from text2llm.rules.catalog import is_below
from text2llm.rules.rule import Finding
from text2llm.upstream.effective import find_levels, find_params

_WORD = "effort"
#: Folded names of the maps with a model's own fields, where some have an effort that no word says.
_HOLDERS = frozenset({"additional_model_request_fields", "chat_template_kwargs"})


class EffortChoice(NamedTuple):
    """The effort that a model is asked for, and where that is set."""

    effort: str
    place: str


def check_effort(
    reading: Reading,
    policies: Iterable[WrittenPolicy],
    report: Callable[[Breach, Resolved, WrittenPolicy], Iterator[Finding]],
) -> Iterator[Finding]:
    """The findings of the key ``effort`` of each policy that applies, each once."""
    known: dict[Pointer, tuple[str, ...]] = {}
    find = cache(lambda agent, role, ref: _find_effort(reading, known, agent, role, ref))
    limiting = [policy for policy in policies if _WORD in policy.data]
    for policy in limiting if reading.config.params is not None else ():
        seen = set[Finding]()
        for agent, role, member in _list_members(reading, policy.agent):
            breach = _judge(find(agent, role, member.ref), policy.data[_WORD])
            for finding in () if breach is None else report(breach, member, policy):
                if finding not in seen:
                    seen.add(finding)
                    yield finding


def _judge(asked: EffortChoice | None, most: str) -> Breach | None:
    if asked is None:
        return None
    if asked.effort not in EFFORTS:
        return Breach((_WORD,), f"is asked for an unknown effort at {asked.place}", certain=False)
    if EFFORTS.index(asked.effort) <= EFFORTS.index(most):
        return None
    return Breach((_WORD,), f"is asked for the effort {asked.effort} at {asked.place}, more than {most}")


def _find_effort(
    reading: Reading, known: dict[Pointer, tuple[str, ...]], agent: str | None, role: Role, ref: ModelRef
) -> EffortChoice | None:
    """The highest effort that a model is asked for; ``known`` has those of places, which many models share."""
    levels = find_levels(reading, agent, role, ref)
    for level in levels:
        if level.pointer not in known:
            known[level.pointer] = tuple(_list_efforts(level.params))
    said = [(level.pointer, known[level.pointer]) for level in levels]
    if not any(efforts for _, efforts in said):
        return None
    highest = max(_list_efforts(find_params(reading, agent, role, ref).params), key=_rank, default=None)
    if highest is None:
        return None
    narrowest = next(pointer for pointer, efforts in reversed(said) if efforts)
    pointer = next((pointer for pointer, efforts in reversed(said) if highest in efforts), narrowest)  # maps are merged
    return EffortChoice(highest, str(reading.config.locate(pointer, key=True)))


def _list_efforts(params: Mapping[str, Any]) -> Iterator[str]:
    """The efforts that parameters ask for: by the word, and by a model's own field."""
    for name, spoken in read_params(params).items():
        if name == _WORD and spoken.value is not None:
            yield str(spoken.value)
        elif fold_name(name) in _HOLDERS and isinstance(spoken.value, dict):
            yield from _list_efforts(spoken.value)


def _rank(effort: str) -> int:
    """The position of a level; one that is not known is below all."""
    return EFFORTS.index(effort) if effort in EFFORTS else -1


def _list_members(reading: Reading, only: str | None) -> Iterator[tuple[str | None, Role, Resolved]]:
    """The members of the chains whose parameters may differ, with the agent whose parameters apply.

    With ``only``, those of that agent. What an agent without parameters inherits is judged where the defaults have it.
    """
    config, resolver = reading.config, reading.resolver
    base = cache(lambda role: resolver.chain(None, role))
    roles = [role for role in config.roles if role.is_chat]
    if only is None:
        yield from ((None, role, member) for role in roles for member in base(role).members())
    for agent in config.agents:
        if only in (None, agent.id):
            owner = _find_owner(agent, reading)
            for role in roles if owner is not None or only is not None else agent.choices:
                for member in resolver.chain(agent.id, role, base(role)).members():
                    if owner is not None or only is not None or is_below(member.pointer, agent.pointer):
                        yield owner, role, member


def _find_owner(agent: AgentSettings, reading: Reading) -> str | None:
    """The agent, if it has parameters of its own."""
    settings = reading.config.params
    return agent.id if settings is not None and agent.id in settings.owners else None
