"""Changes to the models that the defaults and the agents use, after resolution. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from text2llm.auth.agents import known_agents
from text2llm.auth.reading import Reading
from text2llm.config.resolve import Chain, Resolved, Via
from text2llm.config.roles import Role
from text2llm.diagnostics import Location
from text2llm.diff.both import Both
from text2llm.diff.change import Change, Level
from text2llm.diff.facts import compare_models, warn_unknown, weigh_facts
from text2llm.diff.values import ListStep, compare_lists
from text2llm.refs import ModelRef

NOT_SET = "not set"


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
    for role in _roles(sides):
        pair = _pair(agent, role, sides)
        pair = pair._replace(heirs=_find_heirs(role, sides)) if agent is None else pair
        yield from _compare_primary(pair)
        yield from _compare_fallbacks(pair)
    if agent is None:
        yield from _compare_agents(sides)


def _roles(sides: Both[Reading]) -> tuple[Role, ...]:
    return tuple(dict.fromkeys((*sides.new.config.roles, *sides.old.config.roles)))


def _pair(agent: str | None, role: Role, sides: Both[Reading]) -> _RolePair:
    return _RolePair(agent, role, sides.map(lambda side: side.resolver.chain(agent, role)), sides)


def _find_heirs(role: Role, sides: Both[Reading]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    listed = [agent.id for agent in sides.new.config.agents if sides.old.config.agent(agent.id) is not None]
    chains = {name: _pair(name, role, sides).chains for name in listed}
    return (
        tuple(name for name in listed if all(chain.primary_source != "agent" for chain in chains[name])),
        tuple(name for name in listed if all(chain.fallbacks_source != "agent" for chain in chains[name])),
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


def _compare_agents(sides: Both[Reading]) -> Iterator[Change]:
    known = sides.map(lambda side: frozenset(known_agents(side.config)))
    listed = sides.map(lambda side: [agent.id for agent in side.config.agents])
    for name in listed.new:
        if name not in known.old:
            change, used, place = _describe_agent(name, "added", sides.new)
            change = change._replace(texts=Both(None, used), places=Both(None, place))
            yield warn_unknown(change, sides.new, *_own_models(name, sides.new))
    for name in listed.old:
        if name not in known.new:
            change, used, place = _describe_agent(name, "removed", sides.old)
            yield change._replace(texts=Both(used, None), places=Both(place, None))
    names = sides.map(lambda side: side.config.default_id)
    if names.differ():
        message = f"default agent: {names.old} → {names.new}"
        yield Change("default-agent", Level.WARNING, "agents", message, names)
    for name in dict.fromkeys((*listed.old, *listed.new)):
        if name in known.old and name in known.new:
            yield from _compare_own(name, sides)


def _describe_agent(name: str, event: str, side: Reading) -> tuple[Change, str, Location | None]:
    used = _summarize(name, side)
    place = side.place(("agents", "entries", side.config.by_id[name].pointer[-1]), key=True)
    return Change(f"agent-{event}", Level.CHANGE, f"agent {name}", f"agent {name} {event}: {used}"), used, place


def _own_models(name: str, side: Reading) -> Iterator[ModelRef]:
    for role in side.config.roles:
        chain = side.resolver.chain(name, role)
        if chain.primary is not None and chain.primary_source == "agent":
            yield chain.primary.ref
        if chain.fallbacks_source == "agent":
            yield from (member.ref for member in chain.fallbacks)


def _summarize(name: str, side: Reading) -> str:
    texts = []
    for role in side.config.roles:
        chain, words = side.resolver.chain(name, role), role.words
        if chain.primary is not None:
            texts.append(f"{words.primary} {_describe(chain, own=False)}")
        if chain.fallbacks:
            note = " (inherited)" if chain.fallbacks_source == "defaults" else ""
            texts.append(f"{words.fallback}s {', '.join(str(member.ref) for member in chain.fallbacks)}{note}")
    return "; ".join(texts) or "no model"


def _compare_own(name: str, sides: Both[Reading]) -> Iterator[Change]:
    """Compare an agent of both sides that has settings of its own on one side at least."""
    for role in _roles(sides):
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
