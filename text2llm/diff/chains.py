"""Changes to the models that the defaults and the agents use, after resolution. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from text2llm.auth.agents import known_agents
from text2llm.auth.reading import Reading
from text2llm.config.model import ModelChoice
from text2llm.config.resolve import Chain, Resolved, Via
from text2llm.config.roles import Role
from text2llm.diagnostics import Location
from text2llm.diff.both import Both
from text2llm.diff.change import Change, Level
from text2llm.diff.facts import compare_models, warn_unknown, weigh_facts
from text2llm.diff.values import ListStep, compare_lists
from text2llm.refs import ModelRef

NOT_SET = "not set"
#: The inherited fallbacks that are named for an agent that is added or removed.
MAX_INHERITED = 10


class _RolePair(NamedTuple):
    """One role of one owner on both sides; ``agent`` is ``None`` for the defaults.

    ``heirs`` are the agents without a primary of their own, and those without fallbacks of their own.
    """

    agent: str | None
    role: Role
    chains: Both[Chain]
    sides: Both[Reading]
    heirs: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def change(self, kind: str, message: str, members: Both[Resolved | None]) -> Change:
        owner = "default" if self.agent is None else f"agent {self.agent}"
        return Change(
            kind,
            Level.CHANGE,
            owner,
            f"{owner} {message}",
            members.map(lambda member: None if member is None else str(member.ref)),
            members.join(self.sides, lambda member, side: None if member is None else side.place(member.pointer)),
        )


def compare_chains(sides: Both[Reading], agent: str | None = None) -> Iterator[Change]:
    """Compare the defaults and each agent; with ``agent`` only what that one uses, inherited or not."""
    bases = _read_defaults(sides)
    for role in _roles(sides):
        pair = _pair(agent, role, bases)
        pair = pair._replace(heirs=_find_heirs(role, sides)) if agent is None else pair
        yield from _compare_primary(pair)
        yield from _compare_fallbacks(pair)
    if agent is None:
        yield from _compare_agents(bases)


def _roles(sides: Both[Reading]) -> tuple[Role, ...]:
    return tuple(dict.fromkeys((*sides.new.config.roles, *sides.old.config.roles)))


class _Side(NamedTuple):
    """A side with the chains of its defaults, which are resolved once, however many agents inherit them."""

    reading: Reading
    defaults: Mapping[Role, Chain]

    def chain(self, agent: str | None, role: Role) -> Chain:
        return self.reading.resolver.chain(agent, role, self.defaults[role])


def _read_defaults(sides: Both[Reading]) -> Both[_Side]:
    roles = _roles(sides)
    return sides.map(lambda side: _Side(side, {role: side.resolver.chain(None, role) for role in roles}))


def _pair(agent: str | None, role: Role, sides: Both[_Side]) -> _RolePair:
    return _RolePair(agent, role, sides.map(lambda side: side.chain(agent, role)), sides.map(lambda side: side.reading))


def _find_heirs(role: Role, sides: Both[Reading]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The agents of both sides that inherit the primary, and those that inherit the fallbacks; no chain is resolved."""
    before, none = sides.old.config, ModelChoice()
    pairs = ((before.agent(new.id), new) for new in sides.new.config.agents)
    own = [(new.id, old.choices.get(role, none), new.choices.get(role, none)) for old, new in pairs if old is not None]
    return (
        tuple(name for name, old, new in own if old.primary is None and new.primary is None),
        tuple(name for name, old, new in own if old.fallbacks is None and new.fallbacks is None),
    )


def _compare_primary(pair: _RolePair) -> Iterator[Change]:
    members = pair.chains.map(lambda chain: chain.primary)
    refs = members.map(_ref)
    if not refs.differ():
        return
    facts = compare_models(refs, pair.sides)
    shown = pair.chains.map(lambda chain: _describe(chain, own=pair.agent is None))
    word = pair.role.words.primary
    change = pair.change(f"{pair.role.words.kind}model", f"{word}: {shown.old} → {shown.new}", members)
    change = change._replace(level=weigh_facts(facts), facts=facts, agents=pair.heirs[0])
    yield warn_unknown(change, pair.sides.new, refs.new)


def _ref(member: Resolved | None) -> ModelRef | None:
    return None if member is None else member.ref


def _describe(chain: Chain, *, own: bool) -> str:
    member = chain.primary
    if member is None:
        return NOT_SET
    notes = [f"alias {member.text.strip()}"] if member.via is Via.ALIAS else []
    notes += ["inherited"] if chain.primary_source == "defaults" and not own else []
    return f"{member.ref} ({', '.join(notes)})" if notes else str(member.ref)


def _compare_fallbacks(pair: _RolePair) -> Iterator[Change]:
    refs = pair.chains.map(lambda chain: [member.ref for member in chain.fallbacks])
    for step in compare_lists(refs.old, refs.new):
        yield _describe_step(step, pair)


def _describe_step(step: ListStep[ModelRef], pair: _RolePair) -> Change:
    word, kind = pair.role.words.fallback, pair.role.words.kind
    members = Both(step.old, step.new).join(pair.chains, _member)
    if step.new is None:
        event, text = "removed", f"removed: {step.item} (was at position {step.old})"
    elif step.old is not None:
        event, text = "moved", f"moved from position {step.old} to {step.new}: {step.item}"
    else:
        event, text = "added", f"added at position {step.new}: {step.item}"
    change = pair.change(f"{kind}fallback-{event}", f"{word} {text}", members)._replace(agents=pair.heirs[1])
    if event != "added":
        return change
    facts = compare_models(Both(None, step.item), pair.sides)
    return warn_unknown(change._replace(level=weigh_facts(facts), facts=facts), pair.sides.new, step.item)


def _member(position: int | None, chain: Chain) -> Resolved | None:
    return None if position is None else chain.fallbacks[position - 1]


def _compare_agents(bases: Both[_Side]) -> Iterator[Change]:
    sides = bases.map(lambda side: side.reading)
    known = sides.map(lambda side: frozenset(known_agents(side.config)))
    listed = sides.map(lambda side: [agent.id for agent in side.config.agents])
    for name in listed.new:
        if name not in known.old:
            change, used, place = _describe_agent(name, "added", bases.new)
            change = change._replace(texts=Both(None, used), places=Both(None, place))
            yield warn_unknown(change, sides.new, *_own_models(name, bases.new))
    for name in listed.old:
        if name not in known.new:
            change, used, place = _describe_agent(name, "removed", bases.old)
            yield change._replace(texts=Both(used, None), places=Both(place, None))
    names = sides.map(lambda side: side.config.default_id)
    if names.differ():
        message = f"default agent: {names.old} → {names.new}"
        yield Change("default-agent", Level.WARNING, "agents", message, names)
    for name in dict.fromkeys((*listed.old, *listed.new)):
        if name in known.old and name in known.new:
            yield from _compare_own(name, bases)


def _describe_agent(name: str, event: str, side: _Side) -> tuple[Change, str, Location | None]:
    used, config = _summarize(name, side), side.reading.config
    place = side.reading.place(("agents", "entries", config.by_id[name].pointer[-1]), key=True)
    return Change(f"agent-{event}", Level.CHANGE, f"agent {name}", f"agent {name} {event}: {used}"), used, place


def _own_models(name: str, side: _Side) -> Iterator[ModelRef]:
    for role in side.reading.config.roles:
        chain = side.chain(name, role)
        if chain.primary is not None and chain.primary_source == "agent":
            yield chain.primary.ref
        if chain.fallbacks_source == "agent":
            yield from (member.ref for member in chain.fallbacks)


def _summarize(name: str, side: _Side) -> str:
    texts = []
    for role in side.reading.config.roles:
        chain, words = side.chain(name, role), role.words
        if chain.primary is not None:
            texts.append(f"{words.primary} {_describe(chain, own=False)}")
        if chain.fallbacks:
            texts.append(f"{words.fallback}s {_list_fallbacks(chain)}")
    return "; ".join(texts) or "no model"


def _list_fallbacks(chain: Chain) -> str:
    """All of an agent's own; of inherited ones the first, since the change of each of thousands of agents has them."""
    if chain.fallbacks_source != "defaults":
        return ", ".join(str(member.ref) for member in chain.fallbacks)
    shown = ", ".join(str(member.ref) for member in chain.fallbacks[:MAX_INHERITED])
    more = len(chain.fallbacks) - MAX_INHERITED
    return f"{shown} and {more:,} more (inherited)" if more > 0 else f"{shown} (inherited)"


def _compare_own(name: str, sides: Both[_Side]) -> Iterator[Change]:
    """Compare an agent of both sides that has settings of its own on one side at least."""
    for role in sides.new.defaults:
        pair = _pair(name, role, sides)
        own = pair.chains.map(lambda chain: chain.primary_source == "agent")
        if own.old or own.new:
            yield from list(_compare_primary(pair)) or _compare_source(pair, own, role.words.primary)
        own = pair.chains.map(lambda chain: chain.fallbacks_source == "agent")
        if own.old or own.new:
            yield from list(_compare_fallbacks(pair)) or _compare_source(pair, own, f"{role.words.fallback}s")


def _compare_source(pair: _RolePair, own: Both[bool], word: str) -> Iterator[Change]:
    """Report the same models, if they now follow the defaults or no longer do."""
    if own.differ():
        source = "its own" if own.new else "inherited from the defaults"
        texts = own.map(lambda is_own: "own" if is_own else "inherited")
        subject = f"agent {pair.agent}"
        message = f"{subject} {word}: the same, now {source}"
        yield Change("agent-inheritance", Level.CHANGE, subject, message, texts)
