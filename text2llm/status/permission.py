"""What trust makes of a report: a credential that may not go where requests go proves nothing by being there. Pure."""

from __future__ import annotations

from text2llm.auth.destination import origin_of
from text2llm.auth.naming import name_carried
from text2llm.auth.sources import CredentialView
from text2llm.errors import ExitCode, worst_exit
from text2llm.status.model import RouteStatus, StatusReport
from text2llm.trust.bindings import Refused, Trust, decide


def leads_elsewhere(report: StatusReport, view: CredentialView) -> bool:
    """Whether the configuration says where requests of a route go: of all others, the descriptors have decided."""
    customs = (view.customs.get(route.resolved.ref.provider) for route in report.routes)
    return any(custom is not None and custom.base_url is not None for custom in customs)


def add_permissions(report: StatusReport, view: CredentialView, trust: Trust) -> StatusReport:
    """The report with the routes whose credential would be refused: ``--check`` ends as the gate would."""
    refused = {route.resolved.ref.provider: _find_refusal(route, view, trust) for route in report.routes}
    routes = tuple(_refuse(route, refused[route.resolved.ref.provider]) for route in report.routes)
    return report._replace(routes=routes, verdict=worst_exit([report.verdict, *(route.verdict for route in routes)]))


def _find_refusal(route: RouteStatus, view: CredentialView, trust: Trust) -> Refused | None:
    provider = route.resolved.ref.provider
    custom = view.customs.get(provider)
    origin = origin_of(custom)
    if custom is None or origin is None or not route.credential.is_usable():
        return None
    if origin.loopback and route.credential.is_unread():  # it may be a public value of the sandbox
        return None
    place = view.config.locate((*custom.pointer, "baseUrl"))
    decisions = (decide(each, origin, trust.bindings, trust.grants, place) for each in name_carried(provider, view))
    return next((decided for decided in decisions if isinstance(decided, Refused)), None)


def _refuse(route: RouteStatus, refusal: Refused | None) -> RouteStatus:
    if refusal is None:
        return route
    verdict = worst_exit([route.verdict, ExitCode.REFUSED])
    return route._replace(verdict=verdict, remedies=refusal.ways, refused=f"may not go to {refusal.origin}")
