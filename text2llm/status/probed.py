"""Add live probes to a report: with them, ``--check`` depends on the responses, not only on files. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from text2llm.auth.health import HealthStatus
from text2llm.errors import ExitCode, worst_exit
from text2llm.probe.result import ProbeResult, ProbeSummary
from text2llm.status.model import RouteStatus, StatusReport
from text2llm.upstream.verdict import Reason

#: Results about credentials that no request would use.
_UNUSED = frozenset({Reason.EXCLUDED_BY_AUTH_ORDER})


def add_probes(report: StatusReport, summary: ProbeSummary) -> StatusReport:
    """The report with the results of a run, which apply to the routes of the probed providers.

    A route whose credential was not probed keeps its verdict; the run still affects the report's.
    """
    outcomes = [_best_outcome(_results_for(route, summary)) for route in report.routes]
    routes = tuple(
        route._replace(verdict=worst_exit([_judge_health(route), outcome])) if _was_tried(route, summary) else route
        for route, outcome in zip(report.routes, outcomes, strict=True)
    )
    verdict = worst_exit([*(route.verdict for route in routes), *outcomes])
    return report._replace(routes=routes, verdict=verdict, probes=summary)


def _judge_health(route: RouteStatus) -> ExitCode:
    """The verdict without the probe; a probe answers what a credential that nobody looked at leaves open."""
    return ExitCode.OK if route.credential.health.status is HealthStatus.UNVERIFIED else route.verdict


def _results_for(route: RouteStatus, summary: ProbeSummary) -> list[ProbeResult]:
    return [
        result
        for result in summary.results
        if result.subject.provider == route.resolved.ref.provider and result.verdict.reason not in _UNUSED
    ]


def _was_tried(route: RouteStatus, summary: ProbeSummary) -> bool:
    return route.credential.label in {result.subject.label for result in _results_for(route, summary)}


def _best_outcome(results: Iterable[ProbeResult]) -> ExitCode:
    """One credential that works is enough; without one, an inconclusive result is a warning."""
    codes = [result.verdict.gate.value for result in results]
    for code in (ExitCode.OK, ExitCode.WARNING):
        if code in codes:
            return code
    return worst_exit(codes)
