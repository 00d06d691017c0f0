"""The gate: the outcome of the routes that agents depend on, and the exit code. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from text2llm.errors import ExitCode, worst_exit
from text2llm.probe.result import ProbeResult, ProbeSummary
from text2llm.probe.routes import GatePlan, GateRoute, Position
from text2llm.refs import ModelRef
from text2llm.upstream.verdict import Gate

#: The positions that must succeed by default.
REQUIRED = (Position.PRIMARY, Position.IMAGE)
_WORST = (Gate.REFUSE, Gate.FAIL, Gate.INCONCLUSIVE, Gate.PASS)


@dataclass(frozen=True, slots=True)
class Policy:
    """The requirements of the gate. ``strict``: a required route with an inconclusive result fails it, too.

    ``asked`` are models requested by name, which must succeed in every position.
    """

    required: tuple[Position, ...] = REQUIRED
    strict: bool = False
    asked: tuple[ModelRef, ...] = ()

    def requires(self, route: GateRoute) -> bool:
        named = route.position is Position.ASKED or route.ref in self.asked
        return named or route.position in self.required


@dataclass(frozen=True, slots=True)
class RouteOutcome:
    """The state of one route. ``gate`` is ``None`` if the run was interrupted before its result."""

    route: GateRoute
    required: bool
    results: tuple[ProbeResult, ...]
    gate: Gate | None


@dataclass(frozen=True, slots=True)
class GateReport:
    outcomes: tuple[RouteOutcome, ...]
    summary: ProbeSummary
    policy: Policy
    verdict: ExitCode


def judge_routes(plan: GatePlan, summary: ProbeSummary, policy: Policy) -> GateReport:
    known = dict(zip(summary.places or range(len(summary.results)), summary.results, strict=True))
    outcomes = tuple(_judge(route, indexes, known, policy) for route, indexes in plan.routes)
    return GateReport(outcomes, summary, policy, _find_verdict(outcomes, summary, policy))


def _judge(route: GateRoute, indexes: tuple[int, ...], known: dict[int, ProbeResult], policy: Policy) -> RouteOutcome:
    results = tuple(known[index] for index in indexes if index in known)
    gates = [result.verdict.gate for result in results]
    gate = min(gates, key=_WORST.index) if len(results) == len(indexes) else None
    return RouteOutcome(route, policy.requires(route), results, gate)


def _find_verdict(outcomes: tuple[RouteOutcome, ...], summary: ProbeSummary, policy: Policy) -> ExitCode:
    """The worst outcome of the required routes; a gate without a success is not passed."""
    gates = [outcome.gate for outcome in outcomes if outcome.required and outcome.gate is not None]
    codes = [_exit_of(gate, strict=policy.strict) for gate in gates]
    unverified = [] if Gate.PASS in gates else [ExitCode.WARNING]
    interrupted = [ExitCode.INTERRUPTED] if summary.interrupted else []
    return worst_exit([*codes, *unverified, *interrupted])


def _exit_of(gate: Gate, *, strict: bool) -> ExitCode:
    return ExitCode.OK if gate is Gate.INCONCLUSIVE and not strict else gate.value
