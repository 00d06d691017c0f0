"""The probes of the gate: every model that an agent depends on, with the credential that is really used. Pure.

A route is an agent, a role and a position in its chain. Routes that share a model and a credential share one probe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import TypeAlias, assert_never

from text2llm.auth.reading import Reading
from text2llm.config.resolve import Resolved, Resolver
from text2llm.config.roles import IMAGE, MAIN, Role, name_positions
from text2llm.diagnostics import Location
from text2llm.errors import UsageError
from text2llm.probe.free import FreeCall
from text2llm.probe.targets import FreeProbes, ProbeTarget, make_free, name_subject
from text2llm.refs import ModelRef
from text2llm.upstream.access import Access, find_access
from text2llm.upstream.obstacle import build_call, find_obstacle
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.upstream.wire import build_completion
from text2llm.upstream.wire.shape import CompletionCall

#: The position of a model that the command line names and no route uses.
ASKED = "asked"
_FREE = "`--free` verifies its credential"


@dataclass(frozen=True, slots=True)
class GateRoute:
    """A model that an agent depends on. ``rank`` numbers the fallbacks from 1, and is 0 for a primary.

    ``asked``: only the command line names it, and it is probed with text. ``location`` is where the model is set: the
    configuration's first line for one from the command line.
    """

    agent: str
    role: Role
    rank: int
    ref: ModelRef
    location: Location
    asked: bool = False

    @property
    def position(self) -> str:
        return ASKED if self.asked else name_positions(self.role)[self.rank > 0]

    @property
    def label(self) -> str:
        words = self.role.words
        word = "requested" if self.asked else words.primary
        return f"{self.agent} {words.fallback} {self.rank}" if self.rank else f"{self.agent} {word}"


@dataclass(frozen=True, slots=True)
class RouteChoice:
    """Which routes are probed, and how. Empty tuples and ``None``: all.

    ``models`` that no route uses are probed with the credentials of the first agent. ``every_credential`` probes all
    usable ones instead of the one used; ``tool`` forces a tool call.
    """

    agents: tuple[str, ...] = ()
    role: Role | None = None
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
    known: dict[tuple[str, ModelRef, Role], tuple[int, ...]] = {}

    def plan_route(route: GateRoute) -> Iterator[int]:
        for access in _list_accesses(route, views[route.agent], choice):
            target = _make_target(access, route, tool=choice.tool, probes=probes)
            yield targets.setdefault(_key(target, access, route), (len(targets), target))[0]

    planned = []
    for route in routes:
        # A model that is in the chain of an agent more than once is asked for once.
        asked = (route.agent, route.ref, route.role)
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
            return route.ref, credential.kind, credential.label, route.role == IMAGE, target.call
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
            hint="choose fewer with --agent, --models or --role, in several runs",
        )
    used = {route.ref for route in routes}
    place = Location(resolver.config.document.path)
    extra = (GateRoute(chosen[0], MAIN, 0, ref, place, asked=True) for ref in choice.models if ref not in used)
    return (*routes, *extra)


def _list_routes(agents: tuple[str, ...], resolver: Resolver, choice: RouteChoice) -> Iterator[GateRoute]:
    """The routes, one by one; what agents inherit is resolved, chosen and located once."""
    roles = resolver.config.roles if choice.role is None else (choice.role,)
    bases = {role: resolver.chain(None, role) for role in roles}
    shared = {role: _choose(enumerate(base.fallbacks, 1), resolver, choice) for role, base in bases.items()}
    for agent, role in product(agents, roles):
        chain = resolver.chain(agent, role, bases[role])
        inherited = chain.fallbacks is bases[role].fallbacks
        fallbacks = shared[role] if inherited else _choose(enumerate(chain.fallbacks, 1), resolver, choice)
        primary = () if chain.primary is None else _choose([(0, chain.primary)], resolver, choice)
        for rank, ref, place in (*primary, *fallbacks):
            yield GateRoute(agent, role, rank, ref, place)


def _choose(
    members: Iterable[tuple[int, Resolved]], resolver: Resolver, choice: RouteChoice
) -> tuple[tuple[int, ModelRef, Location], ...]:
    """The rank, model and place of the chosen members of a chain."""
    locate = resolver.config.locate
    return tuple(
        (rank, member.ref, locate(member.pointer))
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
    if not route.role.is_chat:
        text = f"a completion does not prove a model for the role {route.role.name}"
        refused = find_obstacle(access) if access.refused is not None else None
        verdict = refused or Verdict(Reason.NOT_PROVABLE, text, _FREE)
        return ProbeTarget(name_subject(access, str(route.ref)), verdict)
    call = build_call(access, route.role, tool=tool and route.role != IMAGE)
    return ProbeTarget(name_subject(access, str(route.ref)), call)
