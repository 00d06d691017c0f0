"""What the gate probes: every model that an agent depends on, with the credential that would really be used. Pure.

A route is an agent, a slot and a position in its chain. Many routes share a model and a credential: that pair is
probed once, and its result counts for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from text2llm.auth.reading import Reading
from text2llm.config.model import SLOT_WORDS, Slot
from text2llm.config.resolve import Resolver
from text2llm.diagnostics import Location
from text2llm.probe.free import FreeCall
from text2llm.probe.targets import FreeProbes, ProbeTarget, make_free, name_subject
from text2llm.refs import ModelRef
from text2llm.upstream.access import Access, find_access
from text2llm.upstream.obstacle import build_call
from text2llm.upstream.verdict import Verdict


class Position(Enum):
    """Where a model stands in the chains of an agent; the value is the word of ``probe.require``."""

    PRIMARY = "primary"
    FALLBACK = "fallbacks"
    IMAGE = "image"
    IMAGE_FALLBACK = "imageFallbacks"
    ASKED = "asked"

    @property
    def slot(self) -> Slot:
        """The slot that it belongs to; a model from the command line is asked for text."""
        return Slot.IMAGE_MODEL if self in (Position.IMAGE, Position.IMAGE_FALLBACK) else Slot.MODEL


_POSITIONS = {
    Slot.MODEL: (Position.PRIMARY, Position.FALLBACK),
    Slot.IMAGE_MODEL: (Position.IMAGE, Position.IMAGE_FALLBACK),
}


@dataclass(frozen=True, slots=True)
class Route:
    """A model that an agent depends on. ``rank`` counts the fallbacks from 1, and is 0 for a primary.

    ``location`` is where the model is named: the configuration's first line for one from the command line.
    """

    agent: str
    position: Position
    rank: int
    ref: ModelRef
    location: Location

    @property
    def label(self) -> str:
        """The route as people read it: ``coder fallback 2``."""
        words = SLOT_WORDS[self.position.slot]
        word = "asked for" if self.position is Position.ASKED else words.primary
        return f"{self.agent} {words.fallback} {self.rank}" if self.rank else f"{self.agent} {word}"


@dataclass(frozen=True, slots=True)
class RouteChoice:
    """Which routes are probed, and how far. Empty tuples and ``None``: all.

    ``models`` that no route uses are probed with the credentials of the first agent. ``every_credential`` probes all
    that are usable in place of the one that would be used; ``tool`` forces a tool call.
    """

    agents: tuple[str, ...] = ()
    slot: Slot | None = None
    models: tuple[ModelRef, ...] = ()
    every_credential: bool = False
    tool: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class GatePlan:
    """The probes to make, each once, and for each route which of them count for it, by their index."""

    targets: tuple[ProbeTarget, ...]
    routes: tuple[tuple[Route, tuple[int, ...]], ...]


#: By agent, what decides about its credentials: each agent has a store of its own.
Views: TypeAlias = Mapping[str, Reading]


def plan_gate(views: Views, resolver: Resolver, choice: RouteChoice, probes: FreeProbes | None = None) -> GatePlan:
    """The probes that prove the chosen routes. ``views`` has every agent that may be chosen, the default one first.

    With ``probes`` they are free proofs, which are of credentials: one serves every route with the same credential.
    """
    targets: dict[object, tuple[int, ProbeTarget]] = {}
    planned = []
    for route in find_routes(tuple(views), resolver, choice):
        indexes = []
        for access in _list_accesses(route, views[route.agent], choice):
            target = _make_target(access, route, tool=choice.tool, probes=probes)
            index, _ = targets.setdefault(_key(target, access, route), (len(targets), target))
            indexes.append(index)
        planned.append((route, tuple(indexes)))
    return GatePlan(tuple(target for _, target in targets.values()), tuple(planned))


def _key(target: ProbeTarget, access: Access, route: Route) -> object:
    """What two routes have in common that share a probe."""
    if isinstance(target.call, FreeCall):
        return target.call.request, access.secrets
    # Why nothing is sent may differ from agent to agent.
    obstacle = target.call if isinstance(target.call, Verdict) else None
    credential = access.credential
    return route.ref, credential.kind, credential.label, credential.secret, route.position.slot, obstacle


def find_routes(agents: tuple[str, ...], resolver: Resolver, choice: RouteChoice) -> tuple[Route, ...]:
    """The chosen routes of the agents, in order."""
    chosen = tuple(agent for agent in agents if not choice.agents or agent in choice.agents)
    slots = tuple(Slot) if choice.slot is None else (choice.slot,)
    routes = [route for agent in chosen for slot in slots for route in _agent_routes(agent, slot, resolver)]
    if not choice.models:
        return tuple(routes)
    used = {route.ref for route in routes}
    place = Location(resolver.config.document.path)
    extra = (Route(chosen[0], Position.ASKED, 0, ref, place) for ref in choice.models if ref not in used)
    return (*(route for route in routes if route.ref in choice.models), *extra)


def _agent_routes(agent: str, slot: Slot, resolver: Resolver) -> Iterator[Route]:
    chain, (first, other) = resolver.chain(agent, slot), _POSITIONS[slot]
    locate = resolver.config.locate
    if chain.primary is not None:
        yield Route(agent, first, 0, chain.primary.ref, locate(chain.primary.pointer))
    for rank, member in enumerate(chain.fallbacks, 1):
        yield Route(agent, other, rank, member.ref, locate(member.pointer))


def _list_accesses(route: Route, view: Reading, choice: RouteChoice) -> Iterator[Access]:
    access = find_access(route.ref.provider, view, route.ref.model)
    if choice.every_credential and access.usable and access.credential.is_usable():
        yield from map(access.using, access.usable)
    else:
        yield access


def _make_target(access: Access, route: Route, *, tool: bool, probes: FreeProbes | None) -> ProbeTarget:
    if probes is not None:
        return make_free(access, str(route.ref), probes)
    image = route.position.slot is Slot.IMAGE_MODEL
    return ProbeTarget(name_subject(access, str(route.ref)), build_call(access, image=image, tool=tool and not image))
