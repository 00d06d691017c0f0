"""Add the usage of credentials to a report. Pure.

Imports nothing of what asks: who has no such credential pays for none of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from text2llm.auth.sources import Effective, SourceKind
from text2llm.providers.endpoints import UsageEndpoint
from text2llm.status.model import StatusReport

if TYPE_CHECKING:
    from text2llm.usage.snapshot import UsageSnapshot

_SENT = frozenset({SourceKind.PROFILE, SourceKind.ENV, SourceKind.CONFIG})
_LOGINS = frozenset({"oauth", "token"})


def find_tellable(report: StatusReport, endpoints: Mapping[str, UsageEndpoint]) -> tuple[Effective, ...]:
    """The used credentials whose provider reports usage, at most one per provider."""
    return tuple(_find(report, endpoints))


def _find(report: StatusReport, endpoints: Mapping[str, UsageEndpoint]) -> Iterator[Effective]:
    for status in report.providers:
        endpoint, credential = endpoints.get(status.provider), status.effective
        if endpoint is None or credential.kind not in _SENT:
            continue
        remaining = credential.health.remaining
        expired = remaining is not None and remaining <= 0
        has_value = credential.secret is not None or credential.ref is not None
        if has_value and not expired and (credential.mode in _LOGINS or not endpoint.needs_login):
            yield credential


def add_usage(report: StatusReport, usage: tuple[UsageSnapshot, ...], *, failures: bool) -> StatusReport:
    """The report with the usage; without ``failures``, only results that contain any."""
    told = usage if failures else tuple(each for each in usage if each.windows or each.plan)
    return report._replace(usage=told)
