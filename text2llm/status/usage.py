"""Add the usage of credentials to a report. Pure.

Imports no network code, which a status without such a credential must not load.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from text2llm.auth.sources import Effective, SourceKind
from text2llm.providers.endpoints import UsageEndpoint
from text2llm.status.model import StatusReport

if TYPE_CHECKING:
    from text2llm.usage.parse import UsageSnapshot

_SENT = frozenset({SourceKind.PROFILE, SourceKind.ENV, SourceKind.CONFIG})
_LOGINS = frozenset({"oauth", "token"})


def find_tellable(report: StatusReport, endpoints: Mapping[str, UsageEndpoint]) -> tuple[Effective, ...]:
    """The used credentials whose provider reports usage, at most one per provider."""
    return tuple(
        status.effective
        for status in report.providers
        if status.provider in endpoints and _is_reported(status.effective, endpoints[status.provider])
    )


def _is_reported(credential: Effective, endpoint: UsageEndpoint) -> bool:
    remaining = credential.health.remaining
    return (
        credential.kind in _SENT
        and (credential.secret is not None or credential.ref is not None)
        and (remaining is None or remaining > 0)
        and (credential.mode in _LOGINS or not endpoint.needs_login)
    )


def add_usage(report: StatusReport, usage: tuple[UsageSnapshot, ...], *, failures: bool) -> StatusReport:
    """The report with the usage; without ``failures``, only results that contain any."""
    shown = usage if failures else tuple(snapshot for snapshot in usage if snapshot.windows or snapshot.plan)
    return report._replace(usage=shown)
