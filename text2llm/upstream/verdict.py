"""Verdict: the result of a probe. One reason out of a closed set decides its status and its effect on a gate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from text2llm.errors import ExitCode


class Status(Enum):
    OK = "ok"
    AUTH = "auth"
    BILLING = "billing"
    FORMAT = "format"
    NO_MODEL = "no_model"
    RATE_LIMIT = "rate_limit"
    TIMEOUT = "timeout"
    UNKNOWN = "unknown"


class Gate(Enum):
    """The effect of a result on a gate; the value is its exit code."""

    PASS = ExitCode.OK
    FAIL = ExitCode.FAILURE
    INCONCLUSIVE = ExitCode.WARNING
    REFUSE = ExitCode.REFUSED


class Reason(Enum):
    """Why a probe did not succeed: the code in reports, its status, and its effect on a gate."""

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
    UNREACHABLE = "unreachable", Status.TIMEOUT, Gate.FAIL
    SERVER_ERROR = "server_error", Status.UNKNOWN, Gate.INCONCLUSIVE
    NETWORK = "network", Status.UNKNOWN, Gate.INCONCLUSIVE
    NEEDS_REFRESH = "needs_refresh", Status.UNKNOWN, Gate.INCONCLUSIVE
    UNCLASSIFIED = "unclassified", Status.UNKNOWN, Gate.INCONCLUSIVE
    NOT_PROVABLE = "not_provable", Status.UNKNOWN, Gate.INCONCLUSIVE
    OTHER_MODEL = "other_model", Status.UNKNOWN, Gate.INCONCLUSIVE
    CACHED = "cached", Status.UNKNOWN, Gate.INCONCLUSIVE
    UNPROVEN = "unproven", Status.UNKNOWN, Gate.INCONCLUSIVE
    BUG = "bug", Status.UNKNOWN, Gate.INCONCLUSIVE
    TLS = "tls", Status.UNKNOWN, Gate.FAIL
    INVALID_RESPONSE = "invalid_response", Status.UNKNOWN, Gate.FAIL
    HOST_NOT_FOUND = "host_not_found", Status.UNKNOWN, Gate.FAIL
    EXCLUDED_BY_AUTH_ORDER = "excluded_by_auth_order", Status.UNKNOWN, Gate.FAIL

    def __init__(self, word: str, status: Status, gate: Gate) -> None:
        self.word = word
        self.status = status
        self.gate = gate


#: No origin was reached; it, or the network of this machine, is at fault.
UNREACHED = frozenset({Reason.UNREACHABLE, Reason.HOST_NOT_FOUND, Reason.CONNECT, Reason.NETWORK})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a probe found. ``reason`` is ``None`` for a success only.

    ``error`` is in our words, with the provider's code; ``said`` is the provider's own text, redacted but not
    sanitized, for terminals only. ``answered_by`` is the model that a response names, if it is not the requested one.
    ``adapted`` is what the probe changed of its own request before it succeeded.
    """

    reason: Reason | None
    error: str | None = None
    hint: str | None = None
    said: str | None = None
    answered_by: str | None = None
    adapted: str | None = None

    @property
    def status(self) -> Status:
        return Status.OK if self.reason is None else self.reason.status

    @property
    def gate(self) -> Gate:
        return Gate.PASS if self.reason is None else self.reason.gate

    @property
    def may_pass(self) -> bool:
        """Whether the same request may have another result a moment later."""
        return self.gate is Gate.INCONCLUSIVE or self.reason in UNREACHED
