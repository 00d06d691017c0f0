"""The check of a policy's highest reasoning effort: what the parameters of each agent's models come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from text2llm.auth.reading import Reading
from text2llm.config.model import AgentSettings, ParamPlace
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Resolved
from text2llm.config.roles import Role
from text2llm.params.spelling import Params, fold_name, read_params
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
    pointer: Pointer


def check_effort(
    reading: Reading,
    policies: Iterable[WrittenPolicy],
    report: Callable[[Breach, Resolved, WrittenPolicy], Iterator[Finding]],
) -> Iterator[Finding]:
    """The findings of the key ``effort`` of each policy that applies, each once."""
    read = _read_once()
    find = cache(lambda agent, role, ref: _find_effort(reading, read, agent, role, ref))
    limiting = [policy for policy in policies if _WORD in policy.data]
    for policy in limiting if reading.config.params is not None else ():
        seen = set[Finding]()
        for agent, role, member in _list_members(reading, policy.agent):
            breach = _judge(find(agent, role, member.ref), policy.data[_WORD], reading)
            for finding in () if breach is None else report(breach, member, policy):
                if finding not in seen:
                    seen.add(finding)
                    yield finding


def _judge(asked: EffortChoice | None, most: str, reading: Reading) -> Breach | None:
    if asked is None or (asked.effort in EFFORTS and EFFORTS.index(asked.effort) <= EFFORTS.index(most)):
        return None
    place = reading.config.locate(asked.pointer, key=True)
    if asked.effort not in EFFORTS:
        return Breach((_WORD,), f"is asked for an unknown effort at {place}", certain=False)
    return Breach((_WORD,), f"is asked for the effort {asked.effort} at {place}, more than {most}")


def _read_once() -> Callable[[ParamPlace], Params]:
    """Reads the parameters of a place, which many models have, once."""
    known: dict[Pointer, Params] = {}

    def read(place: ParamPlace) -> Params:
        if place.pointer not in known:
            known[place.pointer] = read_params(place.params)
        return known[place.pointer]

    return read


def _find_effort(
    reading: Reading, read: Callable[[ParamPlace], Params], agent: str | None, role: Role, ref: ModelRef
) -> EffortChoice | None:
    levels = find_levels(reading, agent, role, ref)
    saying = [(level.pointer, efforts) for level in levels if (efforts := tuple(_list_efforts(read(level))))]
    if not saying:
        return None
    found = find_params(reading, agent, role, ref, read).params
    highest = max(_list_efforts(read_params(found)), key=_rank, default=None)
    if highest is None:
        return None
    narrowest, _ = saying[-1]
    # Maps are merged: the highest may be what two places come to together.
    pointer = next((pointer for pointer, efforts in reversed(saying) if highest in efforts), narrowest)
    return EffortChoice(highest, pointer)


def _list_efforts(params: Params) -> Iterator[str]:
    """The efforts that parameters ask for: by the word, and by a model's own field."""
    for name, spoken in params.items():
        if name == _WORD and spoken.value is not None:
            yield str(spoken.value)
        elif fold_name(name) in _HOLDERS and isinstance(spoken.value, dict):
            yield from _list_efforts(read_params(spoken.value))


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
