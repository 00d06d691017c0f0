"""What a probe found: one reason out of a closed set, which decides the status and what a gate makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from text2llm.errors import ExitCode, worst_exit
from text2llm.usage.snapshot import UsageWindow


class Status(Enum):
    """The statuses of the reference system."""

    OK = "ok"
    AUTH = "auth"
    BILLING = "billing"
    FORMAT = "format"
    NO_MODEL = "no_model"
    RATE_LIMIT = "rate_limit"
    TIMEOUT = "timeout"
    UNKNOWN = "unknown"


class Gate(Enum):
    """What a result means for a gate; the value is the exit code that it asks for."""

    PASS = ExitCode.OK
    FAIL = ExitCode.FAILURE
    INCONCLUSIVE = ExitCode.WARNING
    REFUSE = ExitCode.REFUSED


class Reason(Enum):
    """Why a probe did not succeed: the word in reports, its status, and its gate."""

    INVALID_KEY = "invalid_key", Status.AUTH, Gate.FAIL
    EXPIRED = "expired", Status.AUTH, Gate.FAIL
    REVOKED = "revoked", Status.AUTH, Gate.FAIL
    FORBIDDEN = "forbidden", Status.AUTH, Gate.FAIL
    CLIENT_NOT_ALLOWED = "client_not_allowed", Status.AUTH, Gate.FAIL
    MISSING_CREDENTIAL = "missing_credential", Status.AUTH, Gate.FAIL
    UNRESOLVED_REF = "unresolved_ref", Status.AUTH, Gate.FAIL
    UNTRUSTED_ORIGIN = "untrusted_origin", Status.AUTH, Gate.REFUSE
    PAYMENT_REQUIRED = "payment_required", Status.BILLING, Gate.FAIL
    CREDIT_EXHAUSTED = "credit_exhausted", Status.BILLING, Gate.FAIL
    QUOTA_EXHAUSTED = "quota_exhausted", Status.BILLING, Gate.FAIL
    BAD_REQUEST = "bad_request", Status.FORMAT, Gate.FAIL
    UNSUPPORTED_PARAMETER = "unsupported_parameter", Status.FORMAT, Gate.FAIL
    CONTEXT_OVERFLOW = "context_overflow", Status.FORMAT, Gate.FAIL
    NO_CANDIDATE = "no_candidate", Status.NO_MODEL, Gate.FAIL
    MODEL_NOT_FOUND = "model_not_found", Status.NO_MODEL, Gate.FAIL
    MODEL_NOT_ENTITLED = "model_not_entitled", Status.NO_MODEL, Gate.FAIL
    MODEL_RETIRED = "model_retired", Status.NO_MODEL, Gate.FAIL
    ENDPOINT_NOT_FOUND = "endpoint_not_found", Status.NO_MODEL, Gate.FAIL
    RATE_LIMITED = "rate_limited", Status.RATE_LIMIT, Gate.INCONCLUSIVE
    OVERLOADED = "overloaded", Status.RATE_LIMIT, Gate.INCONCLUSIVE
    USAGE_WINDOW = "usage_window", Status.RATE_LIMIT, Gate.INCONCLUSIVE
    CONNECT = "connect", Status.TIMEOUT, Gate.INCONCLUSIVE
    DEADLINE = "deadline", Status.TIMEOUT, Gate.INCONCLUSIVE
    SERVER_ERROR = "server_error", Status.UNKNOWN, Gate.INCONCLUSIVE
    NETWORK = "network", Status.UNKNOWN, Gate.INCONCLUSIVE
    NEEDS_REFRESH = "needs_refresh", Status.UNKNOWN, Gate.INCONCLUSIVE
    UNCLASSIFIED = "unclassified", Status.UNKNOWN, Gate.INCONCLUSIVE
    NOT_PROVABLE = "not_provable", Status.UNKNOWN, Gate.INCONCLUSIVE
    TLS = "tls", Status.UNKNOWN, Gate.FAIL
    INVALID_RESPONSE = "invalid_response", Status.UNKNOWN, Gate.FAIL
    HOST_NOT_FOUND = "host_not_found", Status.UNKNOWN, Gate.FAIL
    EXCLUDED_BY_AUTH_ORDER = "excluded_by_auth_order", Status.UNKNOWN, Gate.FAIL

    def __init__(self, word: str, status: Status, gate: Gate) -> None:
        self.word = word
        self.status = status
        self.gate = gate


class ProbeSource(Enum):
    """Where the credential of a probe comes from."""

    PROFILE = "profile"
    ENV = "env"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a probe found. ``reason`` is ``None`` for a success alone.

    ``error`` is the fact in our words, with the provider's code; ``said`` is the provider's own text, redacted but not
    sanitised, for terminals only.
    """

    reason: Reason | None
    error: str | None = None
    hint: str | None = None
    said: str | None = None

    @property
    def status(self) -> Status:
        """``OK`` without a reason, else what the reason says."""
        return Status.OK if self.reason is None else self.reason.status

    @property
    def gate(self) -> Gate:
        """``PASS`` without a reason, else what the reason says."""
        return Gate.PASS if self.reason is None else self.reason.gate


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
