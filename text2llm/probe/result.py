"""The subject, options and results of probes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from text2llm.upstream.verdict import Verdict
from text2llm.usage.parse import UsageWindow


class ProbeSource(Enum):
    PROFILE = "profile"
    ENV = "env"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class ProbeSubject:
    """A model (``provider/id``, ``None`` if the probe names none) and the credential that it is probed with."""

    provider: str
    model: str | None
    label: str
    source: ProbeSource
    mode: str
    profile_id: str | None = None


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One probe's outcome. ``latency_ms`` is ``None`` if nothing was sent.

    ``rate_limit`` has the limits in the response headers. ``free``: the request cost no token, so a success verifies
    the credential, and neither the model nor that the account has credit.
    """

    subject: ProbeSubject
    verdict: Verdict
    latency_ms: int | None = None
    http_status: int | None = None
    request_id: str | None = None
    rate_limit: tuple[UsageWindow, ...] = ()
    free: bool = False


@dataclass(frozen=True, slots=True)
class ProbeOptions:
    """How to probe, and which targets.

    ``timeout_ms`` is the total deadline of each probe, ``concurrency`` how many run at once, ``max_tokens`` the
    maximum output. ``attempts`` is the limit for repeating an inconclusive probe. ``provider`` and ``profile_ids``
    narrow the targets; ``None`` and empty: all. ``free``: free probes only, which verify credentials only.
    """

    timeout_ms: int = 8000
    concurrency: int = 2
    max_tokens: int = 8
    provider: str | None = None
    profile_ids: tuple[str, ...] = ()
    attempts: int = 1
    free: bool = False


@dataclass(frozen=True, slots=True)
class ProbeSummary:
    """All results of one run, in the order of the targets; times in milliseconds since the epoch.

    ``interrupted``: Ctrl-C ended the run, with the ``results`` so far; ``places`` are the indexes of their targets.
    ``bugs`` are what probes raised that no probe may raise.
    """

    started_at: int
    finished_at: int
    total_targets: int
    options: ProbeOptions
    results: tuple[ProbeResult, ...]
    interrupted: bool = False
    places: tuple[int, ...] = ()
    bugs: tuple[Exception, ...] = ()

    @property
    def duration_ms(self) -> int:
        return self.finished_at - self.started_at
