"""Changes to request parameters, at each place that sets some. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property, partial
from itertools import product
from typing import Any, NamedTuple, TypeAlias

from text2llm.auth.reading import Reading
from text2llm.config.model import OwnerParams, ParamPlace
from text2llm.config.resolve import Resolved
from text2llm.config.roles import Role
from text2llm.diagnostics import Location
from text2llm.diff.both import Both, pair_entries
from text2llm.diff.chains import NOT_SET
from text2llm.diff.change import Change, Level
from text2llm.diff.values import compare_values, show_values
from text2llm.params.sites import find_keys
from text2llm.params.spelling import SpelledParam, read_params
from text2llm.refs import ModelRef

_Used: TypeAlias = ModelRef | str | None
#: What ``null`` means.
_UNSENT = "not sent"


class _Scope(NamedTuple):
    """What a place is for; ``None`` is all. ``provider`` is a canonical id, ``own``: the provider's model has it."""

    provider: str | None = None
    agent: str | None = None
    role: Role | None = None
    ref: ModelRef | None = None
    own: bool = False

    @property
    def subject(self) -> str:
        if self.agent is not None:
            return f"agent {self.agent}"
        if self.ref is not None:
            return f"model {self.ref}"
        if self.role is not None:
            return f"role {self.role.name}"
        return "defaults" if self.provider is None else f"provider {self.provider}"

    @property
    def text(self) -> str:
        """The beginning of a message: ``parameter of agent coder for a/big``."""
        if self == _Scope():
            return "default parameter"
        owner = "" if self.agent is None else f" of agent {self.agent}"
        what = str(self.ref or ("" if self.role is None else f"the role {self.role.name}"))
        if owner:
            return f"parameter{owner}" + (f" for {what}" if what else "")
        at = f" under models.providers.{self.ref.provider}" if self.own and self.ref is not None else ""
        return f"parameter of {what or self.subject}{at}"


def compare_params(sides: Both[Reading]) -> Iterator[Change]:
    """Compare the parameters of each place, in words of ours: another spelling of the same is no change."""
    finder = _HeirFinder(sides)
    for scope, places in pair_entries(sides.map(_list_scopes)):
        spoken = places.map(lambda place: {} if place is None else read_params(place.params))
        for path, values in compare_values(spoken.map(_plain)):
            texts = show_values(values).join(values, lambda text, value: None if value is None else text)
            shown = texts.map(lambda text: NOT_SET if text is None else text)
            message = f"{scope.text}: {'.'.join(path)}: {shown.old} → {shown.new}"
            located = places.join(sides, partial(_locate, path[0]))
            heirs = () if scope.agent is not None else finder.find(scope, path[0])
            yield Change("parameter", Level.CHANGE, scope.subject, message, texts, located, agents=heirs)


def _plain(spoken: Mapping[str, SpelledParam]) -> dict[str, Any]:
    return {name: _say_null(each.value) for name, each in spoken.items()}


def _say_null(value: Any) -> Any:
    """``null`` is a value, unlike what is not there."""
    if isinstance(value, dict):
        return {name: _say_null(inner) for name, inner in value.items()}
    return _UNSENT if value is None else value


def _locate(name: str, place: ParamPlace | None, side: Reading) -> Location | None:
    if place is None:
        return None
    at = (*place.pointer, *find_keys(name, place.params))
    return side.place(at, key=True) if name in read_params(place.params) else side.place(place.pointer, key=True)


def _list_scopes(reading: Reading) -> dict[_Scope, ParamPlace]:
    """Every place with parameters by what it is for; of two spellings the first applies."""
    settings, scopes, spell = reading.config.params, dict[_Scope, ParamPlace](), reading.spellings
    if settings is None:
        return scopes
    for provider, place in settings.providers.items():
        scopes.setdefault(_Scope(spell.provider(provider)), place)
    for (provider, model), place in settings.own.items():
        scopes.setdefault(_Scope(ref=spell.ref(provider, model), own=True), place)
    for agent, own in settings.owners.items():
        for scope, place in _list_owned(agent, own, reading):
            scopes.setdefault(scope, place)
    return scopes


def _list_owned(agent: str | None, own: OwnerParams, reading: Reading) -> Iterator[tuple[_Scope, ParamPlace]]:
    if own.common is not None:
        yield _Scope(agent=agent), own.common
    yield from ((_Scope(agent=agent, role=role), place) for role, place in own.roles.items())
    yield from ((_Scope(agent=agent, ref=reading.read_key(name)), place) for name, place in own.models.items())


class _HeirFinder:
    """Finds the agents that a change outside of them is for: those that do not set the parameter themselves."""

    def __init__(self, sides: Both[Reading]) -> None:
        self._reading = sides.new
        before = sides.old.config
        self._agents = tuple(agent.id for agent in sides.new.config.agents if before.agent(agent.id) is not None)
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._own: Callable[[str, _Scope], frozenset[str]] = cache(self._find_own)

    def find(self, scope: _Scope, name: str) -> tuple[str, ...]:
        users = self._agents if scope.ref is None and scope.provider is None else self._find_users(scope)
        heirs = tuple(agent for agent in users if name not in self._own(agent, scope))
        return self._known.setdefault(heirs, heirs)  # thousands may inherit hundreds of changes

    def _find_own(self, agent: str, scope: _Scope) -> frozenset[str]:
        """What an agent sets itself for all that a scope is for."""
        settings = self._reading.config.params
        own = None if settings is None else settings.owners.get(agent)
        places = [] if own is None else list(_list_owned(agent, own, self._reading))
        wide = (_Scope(agent=agent), scope._replace(agent=agent, own=False))
        return frozenset(name for each, place in places if each in wide for name in read_params(place.params))

    def _find_users(self, scope: _Scope) -> Iterator[str]:
        """The agents that use the model or the provider of a scope."""
        wanted = scope.ref or scope.provider
        own, bases = self._uses
        inherited = {role for role, (members, _) in bases.items() if wanted in members}
        users = own.get(wanted, frozenset()).union(*(bases[role][1] for role in inherited))
        return (agent for agent in self._agents if agent in users)

    @cached_property
    def _uses(self) -> tuple[dict[_Used, set[str]], dict[Role, tuple[frozenset[_Used], set[str]]]]:
        """The agents by what they use themselves, and by role what the fallbacks of the defaults use, with their heirs.

        What agents inherit is looked at once.
        """
        resolver, own = self._reading.resolver, dict[_Used, set[str]]()
        bases = {role: resolver.chain(None, role) for role in self._reading.config.roles}
        shared = {role: (frozenset(_list_used(base.fallbacks)), set[str]()) for role, base in bases.items()}
        for agent, (role, base) in product(self._agents, bases.items()):
            chain = resolver.chain(agent, role, base)
            inherits = chain.fallbacks is base.fallbacks
            if inherits:
                shared[role][1].add(agent)
            members = () if chain.primary is None else (chain.primary,)
            for used in _list_used(members if inherits else (*members, *chain.fallbacks)):
                own.setdefault(used, set()).add(agent)
        return own, shared


def _list_used(members: Iterable[Resolved]) -> Iterator[_Used]:
    for member in members:
        yield from (member.ref, member.ref.provider)
