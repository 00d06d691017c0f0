"""What is probed and how, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from text2llm.errors import ExitCode, worst_exit
from text2llm.upstream.verdict import Verdict
from text2llm.usage.snapshot import UsageWindow


class ProbeSource(Enum):
    """Where the credential of a probe comes from."""

    PROFILE = "profile"
    ENV = "env"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is probed: a model (``provider/id``, ``None`` when none is asked for) with one credential."""

    provider: str
    model: str | None
    label: str
    source: ProbeSource
    mode: str
    profile_id: str | None = None


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One probe's outcome. ``latency_ms`` is ``None`` when nothing was sent.

    ``rate_limit`` is what the headers of the answer told of limits. ``free``: what was sent cost no token, so that a
    success proves the credential, and neither the model nor that there is credit.
    """

    subject: Subject
    verdict: Verdict
    latency_ms: int | None = None
    http_status: int | None = None
    request_id: str | None = None
    rate_limit: tuple[UsageWindow, ...] = ()
    free: bool = False


@dataclass(frozen=True, slots=True)
class ProbeOptions:
    """How to probe, and what.

    ``timeout_ms`` is the total deadline of each probe, ``concurrency`` how many run at once, ``max_tokens`` the length
    asked for. ``attempts`` is how often an inconclusive probe is made at most. ``provider`` and ``profile_ids``
    narrow the targets; ``None`` and empty: all. ``free``: only what costs no token, which proves credentials alone.
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

    ``interrupted``: Ctrl-C ended the run, and ``results`` are those known by then; ``places`` are the indexes of
    their targets.
    """

    started_at: int
    finished_at: int
    total_targets: int
    options: ProbeOptions
    results: tuple[ProbeResult, ...]
    interrupted: bool = False
    places: tuple[int, ...] = ()

    @property
    def duration_ms(self) -> int:
        """How long the run took."""
        return self.finished_at - self.started_at


def worst_probe_exit(results: Iterable[ProbeResult]) -> ExitCode:
    """The exit code that results ask for, each as a gate counts it: refused, failed, inconclusive, passed."""
    return worst_exit([result.verdict.gate.value for result in results])
