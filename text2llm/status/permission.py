"""What trust makes of a report: a credential that may not go where requests go proves nothing by being there. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from text2llm.errors import ExitCode, worst_exit
from text2llm.status.model import RouteStatus, StatusReport
from text2llm.trust.bindings import Refused


def add_refusals(report: StatusReport, refusals: Mapping[str, Refused]) -> StatusReport:
    """The report with the routes whose credential would be refused, by provider: ``--check`` ends as the gate would."""
    routes = tuple(_refuse(route, refusals.get(route.resolved.ref.provider)) for route in report.routes)
    return report._replace(routes=routes, verdict=worst_exit([report.verdict, *(route.verdict for route in routes)]))


def _refuse(route: RouteStatus, refusal: Refused | None) -> RouteStatus:
    if refusal is None:
        return route
    verdict = worst_exit([route.verdict, ExitCode.REFUSED])
    return route._replace(verdict=verdict, remedies=refusal.ways, refused=f"may not go to {refusal.origin}")
