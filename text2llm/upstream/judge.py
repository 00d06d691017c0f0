"""From an answer to a verdict. Pure, and the one place that can say ``ok``: only of a success that was parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, assert_never

from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.net.message import Failure, FailureKind, Response
from text2llm.upstream.call import Call
from text2llm.upstream.classify import classify
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.upstream.wire import parse_answer
from text2llm.upstream.wire.outcome import ErrorBody, Invalid, Success, Uncalled

_OK = 200
_REDIRECTS = range(300, 400)
#: A plain body longer than this is a page, not a message.
_MAX_PLAIN = 1000
#: More of a provider's words than this tells nobody more.
_MAX_SAID = 500
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_REQUEST_ID_HEADERS = ("request-id", "x-request-id", "x-amzn-requestid", "cf-ray")

FAILURES: Mapping[FailureKind, Reason] = {
    FailureKind.CONNECT: Reason.CONNECT,
    FailureKind.DEADLINE: Reason.DEADLINE,
    FailureKind.TLS: Reason.TLS,
    FailureKind.NETWORK: Reason.NETWORK,
    FailureKind.HOST_NOT_FOUND: Reason.HOST_NOT_FOUND,
    FailureKind.INVALID_RESPONSE: Reason.INVALID_RESPONSE,
    FailureKind.UNTRUSTED_ORIGIN: Reason.UNTRUSTED_ORIGIN,
    FailureKind.UNSENDABLE_CREDENTIAL: Reason.INVALID_KEY,
    FailureKind.UNSENDABLE_REQUEST: Reason.BAD_REQUEST,
}

HINTS: Mapping[Reason, str] = {
    Reason.INVALID_KEY: "replace the credential by one that the provider has issued and not withdrawn",
    Reason.EXPIRED: "log in again, or paste a new token",
    Reason.REVOKED: "replace the credential: the provider revoked it",
    Reason.FORBIDDEN: "see what the credential may do, and from where, at the provider",
    Reason.CLIENT_NOT_ALLOWED: "use an API key: the provider accepts this credential from its own clients only",
    Reason.PAYMENT_REQUIRED: "see the account's billing at the provider",
    Reason.CREDIT_EXHAUSTED: "add credit to the account at the provider",
    Reason.QUOTA_EXHAUSTED: "raise the limit of the key or the account at the provider",
    Reason.MODEL_NOT_FOUND: "check the model's name, and what the provider says this account may use",
    Reason.MODEL_NOT_ENTITLED: "ask the provider for access to the model, or choose another one",
    Reason.MODEL_RETIRED: "choose the model's successor with `text2llm models set`",
    Reason.ENDPOINT_NOT_FOUND: "check the provider's baseUrl: the server does not know this path",
    Reason.RATE_LIMITED: "retry later, or lower the concurrency",
    Reason.OVERLOADED: "try again later",
    Reason.USAGE_WINDOW: "wait until the usage window resets, or use another credential",
    Reason.CONNECT: "check the network, or allow more time",
    Reason.DEADLINE: "try again, or allow more time",
    Reason.TLS: "check the clock, and whether a proxy intercepts TLS",
    Reason.HOST_NOT_FOUND: "check the provider's baseUrl and the network's name server",
    Reason.INVALID_RESPONSE: "check the provider's baseUrl, and whether a proxy or a login page answers in its place",
}


def judge(call: Call, answer: Response | Failure) -> Verdict:
    """What an answer says about the credential and the model of a call."""
    if isinstance(answer, Failure):
        return judge_failure(answer)
    if answer.status != _OK:
        return judge_error(call.provider, call.api, answer)
    return _judge_success(call, answer)


def judge_failure(failure: Failure) -> Verdict:
    """Why there is no answer."""
    reason = FAILURES[failure.kind]
    return Verdict(reason, failure.message, failure.hint or HINTS.get(reason))


def judge_error(provider: str, api: str, answer: Response) -> Verdict:
    """What an answer that is no success says, whatever a provider was asked."""
    if answer.status in _REDIRECTS:
        text = f"HTTP {answer.status}: the server redirects, and redirects are not followed"
        return Verdict(Reason.INVALID_RESPONSE, text, HINTS[Reason.INVALID_RESPONSE])
    return _judge_error(provider, api, answer, _read_error(answer))


def _judge_success(call: Call, answer: Response) -> Verdict:
    body = parse_json(answer.body)
    outcome = Invalid(body.reason) if isinstance(body, InvalidJson) else parse_answer(call, body)
    match outcome:
        case Success():
            return Verdict(None)
        case ErrorBody(error):
            return _judge_error(call.provider, call.api, answer, error)
        case Uncalled(cut):
            return _explain_uncalled(answer, cut=cut)
        case Invalid(problem):
            text = f"HTTP {answer.status}: {problem}"
            return Verdict(Reason.INVALID_RESPONSE, text, HINTS[Reason.INVALID_RESPONSE])
        case _:
            assert_never(outcome)


def _explain_uncalled(answer: Response, *, cut: bool) -> Verdict:
    """Why a completion does not prove that the model calls tools."""
    if cut:
        text = f"HTTP {answer.status}: the completion ended before the call of the tool that was demanded"
        return Verdict(Reason.UNCLASSIFIED, text, "let the answer be longer: --max-tokens, or --probe-max-tokens")
    text = f"HTTP {answer.status}: the model answered without calling the tool that was demanded"
    return Verdict(Reason.UNSUPPORTED_PARAMETER, text, "choose a model that calls tools")


def _judge_error(provider: str, api: str, answer: Response, body: Any) -> Verdict:
    reason, facts = classify(provider, api, answer.status, answer.headers, body)
    code = "" if facts.code is None else f" {facts.code}"
    error = answer.echoes.redact(f"HTTP {answer.status}{code}")
    said = None if facts.message is None else answer.echoes.redact(facts.message)[:_MAX_SAID]
    return Verdict(reason, error, HINTS.get(reason), said)


def _read_error(answer: Response) -> Any:
    """The JSON of an error, or its text when that is short and plain; a page says nothing."""
    body = parse_json(answer.body)
    if not isinstance(body, InvalidJson):
        return body
    text = answer.body[: _MAX_PLAIN + 1].decode("utf-8", "replace").strip()
    return text if text and len(text) <= _MAX_PLAIN and not text.startswith("<") else None


def find_request_id(answer: Response) -> str | None:
    """The provider's number of a request, for its support; ``None`` when it gave none of an ordinary form."""
    found = (answer.headers.get(name, "") for name in _REQUEST_ID_HEADERS)
    return next((value for value in found if _REQUEST_ID.fullmatch(value)), None)
