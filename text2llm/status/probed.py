"""What live probes make of a report: with them, ``--check`` believes the answers and not only the files. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from text2llm.errors import ExitCode, worst_exit
from text2llm.probe.result import ProbeResult, ProbeSummary, Reason
from text2llm.status.model import RouteStatus, StatusReport

#: Results about credentials that no request would take: they say nothing about a route.
_BESIDE_THE_ORDER = frozenset({Reason.EXCLUDED_BY_AUTH_ORDER})


def add_probes(report: StatusReport, summary: ProbeSummary) -> StatusReport:
    """The report with the results of a run, which count for the routes of the providers that were probed."""
    routes = tuple(route._replace(verdict=_judge(route, summary)) for route in report.routes)
    verdict = worst_exit([route.verdict for route in routes])
    return report._replace(routes=routes, verdict=verdict, probes=summary)


def _judge(route: RouteStatus, summary: ProbeSummary) -> ExitCode:
    results = [
        result
        for result in summary.results
        if result.subject.provider == route.resolved.ref.provider and result.verdict.reason not in _BESIDE_THE_ORDER
    ]
    return worst_exit([route.verdict, _best_outcome(results)])


def _best_outcome(results: Iterable[ProbeResult]) -> ExitCode:
    """One credential that answers is enough; without one, an inconclusive result leaves hope."""
    codes = [result.verdict.gate.value for result in results]
    for code in (ExitCode.OK, ExitCode.WARNING):
        if code in codes:
            return code
    return worst_exit(codes)
