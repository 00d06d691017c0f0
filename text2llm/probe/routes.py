"""The probes of the gate: every model that an agent depends on, with the credential that is really used. Pure.

A route is an agent, a slot and a position in its chain. Routes that share a model and a credential share one probe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import islice, product
from typing import TypeAlias, assert_never

from text2llm.auth.reading import Reading
from text2llm.config.model import SLOT_WORDS, Slot
from text2llm.config.resolve import Chain, Resolved, Resolver
from text2llm.diagnostics import Location
from text2llm.errors import UsageError
from text2llm.probe.free import FreeCall
from text2llm.probe.targets import FreeProbes, ProbeTarget, make_free, name_subject
from text2llm.refs import ModelRef
from text2llm.upstream.access import Access, find_access
from text2llm.upstream.obstacle import build_call
from text2llm.upstream.verdict import Verdict
from text2llm.upstream.wire import build_completion
from text2llm.upstream.wire.shape import CompletionCall


class Position(Enum):
    """The position of a model in the chains of an agent; the values are those of ``probe.require``."""

    PRIMARY = "primary"
    FALLBACK = "fallbacks"
    IMAGE = "image"
    IMAGE_FALLBACK = "imageFallbacks"
    ASKED = "asked"

    @property
    def slot(self) -> Slot:
        """Its slot; a model from the command line is probed with text."""
        return Slot.IMAGE_MODEL if self in (Position.IMAGE, Position.IMAGE_FALLBACK) else Slot.MODEL


_POSITIONS = {
    Slot.MODEL: (Position.PRIMARY, Position.FALLBACK),
    Slot.IMAGE_MODEL: (Position.IMAGE, Position.IMAGE_FALLBACK),
}


@dataclass(frozen=True, slots=True)
class GateRoute:
    """A model that an agent depends on. ``rank`` numbers the fallbacks from 1, and is 0 for a primary.

    ``location`` is where the model is set: the configuration's first line for one from the command line.
    """

    agent: str
    position: Position
    rank: int
    ref: ModelRef
    location: Location

    @property
    def label(self) -> str:
        words = SLOT_WORDS[self.position.slot]
        word = "requested" if self.position is Position.ASKED else words.primary
        return f"{self.agent} {words.fallback} {self.rank}" if self.rank else f"{self.agent} {word}"


@dataclass(frozen=True, slots=True)
class RouteChoice:
    """Which routes are probed, and how. Empty tuples and ``None``: all.

    ``models`` that no route uses are probed with the credentials of the first agent. ``every_credential`` probes all
    usable ones instead of the one used; ``tool`` forces a tool call.
    """

    agents: tuple[str, ...] = ()
    slot: Slot | None = None
    models: tuple[ModelRef, ...] = ()
    every_credential: bool = False
    tool: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class GatePlan:
    """The probes to run, each once, and the indexes of those of each route."""

    targets: tuple[ProbeTarget, ...]
    routes: tuple[tuple[GateRoute, tuple[int, ...]], ...]


#: More are refused: in a small file, 8,000 agents that inherit 1,000 fallbacks have 8 million.
MAX_ROUTES = 100_000
#: By agent, what decides about its credentials: each agent has its own store.
Views: TypeAlias = Mapping[str, Reading]


def plan_gate(
    views: Views, routes: Iterable[GateRoute], choice: RouteChoice, probes: FreeProbes | None = None
) -> GatePlan:
    """The probes of routes. ``views`` has the agent of each.

    With ``probes`` they are free probes of credentials: one serves every route with the same credential.
    """
    targets: dict[object, tuple[int, ProbeTarget]] = {}
    known: dict[tuple[str, ModelRef, Slot], tuple[int, ...]] = {}

    def plan_route(route: GateRoute) -> Iterator[int]:
        for access in _list_accesses(route, views[route.agent], choice):
            target = _make_target(access, route, tool=choice.tool, probes=probes)
            yield targets.setdefault(_key(target, access, route), (len(targets), target))[0]

    planned = []
    for route in routes:
        # A model that is in the chain of an agent more than once is asked for once.
        asked = (route.agent, route.ref, route.position.slot)
        if asked not in known:
            known[asked] = tuple(plan_route(route))
        planned.append((route, known[asked]))
    return GatePlan(tuple(target for _, target in targets.values()), tuple(planned))


def _key(target: ProbeTarget, access: Access, route: GateRoute) -> object:
    """The key of a probe: routes with the same one, whose requests are equal byte by byte, share it."""
    match target.call:
        case FreeCall(request=request):
            return request, access.secrets
        case Verdict():
            # The reason why nothing is sent may differ per agent.
            credential = access.credential
            return route.ref, credential.kind, credential.label, route.position.slot, target.call
        case CompletionCall() as call:
            return route.ref, access.credential.label, build_completion(call, 1), access.secrets
        case _:
            assert_never(target.call)


def find_routes(agents: tuple[str, ...], resolver: Resolver, choice: RouteChoice) -> tuple[GateRoute, ...]:
    """The chosen routes of ``agents``, which are all that may be chosen, the default one first.

    Raises:
        UsageError: there are more than :data:`MAX_ROUTES`.
    """
    chosen = tuple(agent for agent in agents if not choice.agents or agent in choice.agents)
    routes = tuple(islice(_list_routes(chosen, resolver, choice), MAX_ROUTES + 1))
    if len(routes) > MAX_ROUTES:
        raise UsageError(
            f"more than {MAX_ROUTES:,} routes to probe: each agent has one for each model of its chains",
            hint="choose fewer with --agent, --models or --slot, in several runs",
        )
    used = {route.ref for route in routes}
    place = Location(resolver.config.document.path)
    extra = (GateRoute(chosen[0], Position.ASKED, 0, ref, place) for ref in choice.models if ref not in used)
    return (*routes, *extra)


def _list_routes(agents: tuple[str, ...], resolver: Resolver, choice: RouteChoice) -> Iterator[GateRoute]:
    """The routes, one by one; what agents inherit is resolved, chosen and located once."""
    slots = tuple(Slot) if choice.slot is None else (choice.slot,)
    bases = {slot: resolver.chain(None, slot) for slot in slots}
    shared = {slot: _choose_fallbacks(base, slot, resolver, choice) for slot, base in bases.items()}
    for agent, slot in product(agents, slots):
        chain = resolver.chain(agent, slot, bases[slot])
        inherited = chain.fallbacks is bases[slot].fallbacks
        fallbacks = shared[slot] if inherited else _choose_fallbacks(chain, slot, resolver, choice)
        for member in (*_choose_primary(chain, slot, resolver, choice), *fallbacks):
            yield GateRoute(agent, *member)


#: A route without its agent.
_Member: TypeAlias = tuple[Position, int, ModelRef, Location]


def _choose_primary(chain: Chain, slot: Slot, resolver: Resolver, choice: RouteChoice) -> tuple[_Member, ...]:
    return () if chain.primary is None else _choose([(0, chain.primary)], _POSITIONS[slot][0], resolver, choice)


def _choose_fallbacks(chain: Chain, slot: Slot, resolver: Resolver, choice: RouteChoice) -> tuple[_Member, ...]:
    return _choose(enumerate(chain.fallbacks, 1), _POSITIONS[slot][1], resolver, choice)


def _choose(
    members: Iterable[tuple[int, Resolved]], position: Position, resolver: Resolver, choice: RouteChoice
) -> tuple[_Member, ...]:
    locate = resolver.config.locate
    return tuple(
        (position, rank, member.ref, locate(member.pointer))
        for rank, member in members
        if not choice.models or member.ref in choice.models
    )


def _list_accesses(route: GateRoute, view: Reading, choice: RouteChoice) -> Iterator[Access]:
    access = find_access(route.ref.provider, view, route.ref.model)
    if choice.every_credential and access.usable and access.credential.is_usable():
        yield from map(access.using, access.usable)
    else:
        yield access


def _make_target(access: Access, route: GateRoute, *, tool: bool, probes: FreeProbes | None) -> ProbeTarget:
    if probes is not None:
        return make_free(access, str(route.ref), probes)
    image = route.position.slot is Slot.IMAGE_MODEL
    return ProbeTarget(name_subject(access, str(route.ref)), build_call(access, image=image, tool=tool and not image))
