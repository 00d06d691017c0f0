"""The gate: the outcome of the routes that agents depend on, and the exit code. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from text2llm.config.roles import EVERY_ROLE
from text2llm.errors import ExitCode, worst_exit
from text2llm.probe.free import FreeCall
from text2llm.probe.result import ProbeResult, ProbeSummary
from text2llm.probe.routes import GatePlan, GateRoute
from text2llm.refs import ModelRef
from text2llm.trust.origin import Origin
from text2llm.upstream.verdict import UNREACHED, Gate, Reason, Verdict
from text2llm.upstream.wire.shape import CompletionCall

#: The positions that must succeed by default.
REQUIRED = ("primary", "image")
#: So many origins are not all down at once.
_SEVERAL = 2
_WORST = (Gate.REFUSE, Gate.FAIL, Gate.INCONCLUSIVE, Gate.PASS)


@dataclass(frozen=True, slots=True)
class Policy:
    """The requirements of the gate. ``strict``: a required route with an inconclusive result fails it, too.

    ``required`` are positions as ``probe.require`` has them; ``asked`` are models requested by name, which must succeed
    in every position.
    """

    required: tuple[str, ...] = REQUIRED
    strict: bool = False
    asked: tuple[ModelRef, ...] = ()

    def requires(self, route: GateRoute) -> bool:
        named = route.asked or route.ref in self.asked
        of_roles = EVERY_ROLE in self.required and route.role.is_own and not route.rank
        return named or of_roles or route.position in self.required


@dataclass(frozen=True, slots=True)
class RouteOutcome:
    """The state of one route. ``gate`` is ``None`` if the run was interrupted before its result."""

    route: GateRoute
    required: bool
    results: tuple[ProbeResult, ...]
    gate: Gate | None

    @property
    def unproven(self) -> bool:
        """Whether nothing was sent that could decide: no setting of the gate makes up for that."""
        unsent = (each.latency_ms is None for each in self.results if each.verdict.gate is Gate.INCONCLUSIVE)
        return self.gate is Gate.INCONCLUSIVE and any(unsent)


@dataclass(frozen=True, slots=True)
class GateReport:
    outcomes: tuple[RouteOutcome, ...]
    summary: ProbeSummary
    policy: Policy
    verdict: ExitCode
    environment: str | None = None


def judge_routes(plan: GatePlan, summary: ProbeSummary, policy: Policy) -> GateReport:
    summary = _blame_network(plan, summary)
    known = dict(zip(_places(summary), summary.results, strict=True))
    outcomes = tuple(_judge(route, indexes, known, policy) for route, indexes in plan.routes)
    return GateReport(outcomes, summary, policy, _find_verdict(outcomes, summary, policy))


def _places(summary: ProbeSummary) -> Sequence[int]:
    return summary.places or range(len(summary.results))


def _blame_network(plan: GatePlan, summary: ProbeSummary) -> ProbeSummary:
    """The results; inconclusive where none of several origins was reached: then this machine's network is at fault.

    An origin of this machine is reached without a network: it neither proves nor excuses anything.
    """
    sent = [
        (_find_remote(plan.targets[place].call), result)
        for place, result in zip(_places(summary), summary.results, strict=True)
    ]
    origins = {origin for origin, _ in sent if origin is not None}
    if len(origins) < _SEVERAL or any(_is_reached(result) for origin, result in sent if origin is not None):
        return summary
    return replace(summary, results=tuple(result if origin is None else _excuse(result) for origin, result in sent))


def _find_remote(call: CompletionCall | FreeCall | Verdict) -> Origin | None:
    """The origin of a call; ``None`` if it is this machine, or nothing is sent."""
    origin = _find_origin(call)
    return None if origin is None or origin.loopback else origin


def _find_origin(call: CompletionCall | FreeCall | Verdict) -> Origin | None:
    match call:
        case CompletionCall(base=base):
            return base.origin
        case FreeCall(request=request):
            return request.origin
        case Verdict():
            return None
        case _:
            assert_never(call)


def _is_reached(result: ProbeResult) -> bool:
    return result.verdict.reason not in UNREACHED


def _excuse(result: ProbeResult) -> ProbeResult:
    if result.verdict.gate is not Gate.FAIL or result.verdict.reason not in UNREACHED:
        return result
    hint = "no origin was reached: check the network of this machine"
    return replace(result, verdict=replace(result.verdict, reason=Reason.NETWORK, hint=hint))


def _judge(route: GateRoute, indexes: tuple[int, ...], known: dict[int, ProbeResult], policy: Policy) -> RouteOutcome:
    results = tuple(known[index] for index in indexes if index in known)
    gates = [result.verdict.gate for result in results]
    gate = min(gates, key=_WORST.index) if len(results) == len(indexes) else None
    return RouteOutcome(route, policy.requires(route), results, gate)


def _find_verdict(outcomes: tuple[RouteOutcome, ...], summary: ProbeSummary, policy: Policy) -> ExitCode:
    """The worst outcome of the required routes; a gate without a success is not passed."""
    required = [outcome for outcome in outcomes if outcome.required and outcome.gate is not None]
    codes = [_exit_of(outcome, strict=policy.strict) for outcome in required]
    unverified = [] if any(outcome.gate is Gate.PASS for outcome in required) else [_explain_none(outcomes, codes)]
    interrupted = [ExitCode.INTERRUPTED] if summary.interrupted else []
    bugs = [ExitCode.BUG] if summary.bugs else []
    return worst_exit([*codes, *unverified, *interrupted, *bugs])


def _explain_none(outcomes: tuple[RouteOutcome, ...], codes: list[ExitCode]) -> ExitCode:
    """Why nothing was verified: a refusal, on whichever route, if no required route was asked or failed."""
    refused = any(outcome.gate is Gate.REFUSE for outcome in outcomes)
    asked = any(outcome.required and not outcome.unproven for outcome in outcomes)
    return ExitCode.REFUSED if refused and not asked and ExitCode.FAILURE not in codes else ExitCode.WARNING


def _exit_of(outcome: RouteOutcome, *, strict: bool) -> ExitCode:
    assert outcome.gate is not None
    lenient = outcome.gate is Gate.INCONCLUSIVE and not strict and not outcome.unproven
    return ExitCode.OK if lenient else outcome.gate.value
