"""The verdict of a response. Pure, and the one place that returns ``ok``: only for a success that was parsed.

A gateway that answers with well-formed nonsense cannot be told from a model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, assert_never

from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.net.message import Failure, FailureKind, Response
from text2llm.upstream.classify import classify
from text2llm.upstream.classify.dialect import parse_dialect
from text2llm.upstream.hints import find_hint
from text2llm.upstream.identity import ModelIdentity, match_names
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.upstream.wire import parse_completion
from text2llm.upstream.wire.outcome import ErrorBody, Invalid, Success, Uncalled
from text2llm.upstream.wire.shape import CompletionCall

_OK = 200
_REDIRECTS = range(300, 400)
#: A plain body longer than this is a page, not a message.
_MAX_PLAIN = 1000
#: A provider's message is cut at this length.
_MAX_MESSAGE = 500
#: A cache had the response, fresh or not: ``HIT``, ``TCP_HIT``, ``Hit from cloudfront``, ``MISS, HIT``.
_HIT = re.compile(r"(?i)(?<![a-z])(?:hit|stale|updating|revalidated|prerender)(?![a-z])")
_POSITIVE = re.compile(r"(?<![\d.])0*[1-9]\d*(?![\d.])")
#: Headers by which caches say that they had the response. LiteLLM sends its one on hits only.
_CACHES: Mapping[str, re.Pattern[str]] = {
    "cf-aig-cache-status": _HIT,  # developers.cloudflare.com/ai-gateway/features/caching
    "cf-cache-status": _HIT,  # developers.cloudflare.com/cache/concepts/cache-responses
    "x-litellm-cache-key": re.compile(r"\S"),  # docs.litellm.ai/docs/proxy/caching
    "x-portkey-cache-status": _HIT,  # portkey.ai/docs/product/ai-gateway/cache-simple-and-semantic
    "helicone-cache": _HIT,  # docs.helicone.ai/features/advanced-usage/caching
    "x-openrouter-cache-status": _HIT,  # openrouter.ai/docs
    "x-cache-status": _HIT,  # developer.konghq.com/plugins/proxy-cache and ai-semantic-cache; nginx
    "x-proxy-cache": _HIT,  # nginx
    "x-vercel-cache": _HIT,  # vercel.com/docs/headers/response-headers
    "x-cache": _HIT,  # Squid, Varnish, CloudFront, Fastly
    "x-cache-hits": _POSITIVE,  # www.fastly.com/documentation/reference/http/http-headers/X-Cache-Hits
    "cache-status": re.compile(r"(?i);\s*hit\s*(?:=\s*\?1\s*)?(?:[;,]|$)"),  # RFC 9211, 2.1
    "age": re.compile(r"^ *0*[1-9][0-9]* *$"),  # RFC 9111, 5.1
}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_REQUEST_ID_HEADERS = ("request-id", "x-request-id", "x-amzn-requestid", "cf-ray")

FAILURES: Mapping[FailureKind, Reason] = {
    FailureKind.CONNECT: Reason.CONNECT,
    FailureKind.DEADLINE: Reason.DEADLINE,
    FailureKind.TLS: Reason.TLS,
    FailureKind.NETWORK: Reason.NETWORK,
    FailureKind.HOST_NOT_FOUND: Reason.HOST_NOT_FOUND,
    FailureKind.REFUSED: Reason.UNREACHABLE,
    FailureKind.INVALID_RESPONSE: Reason.INVALID_RESPONSE,
    FailureKind.UNTRUSTED_ORIGIN: Reason.UNTRUSTED_ORIGIN,
    FailureKind.UNSENDABLE_CREDENTIAL: Reason.INVALID_KEY,
    FailureKind.UNSENDABLE_REQUEST: Reason.BAD_REQUEST,
}


def judge(call: CompletionCall, response: Response | Failure) -> Verdict:
    if isinstance(response, Failure):
        return judge_failure(call.provider, response)
    if response.status != _OK:
        return judge_error(call.provider, call.api, response, call.errors, call.model)
    return _judge_success(call, response)


def judge_failure(provider: str, failure: Failure) -> Verdict:
    reason = FAILURES[failure.kind]
    return Verdict(reason, failure.message, failure.hint or find_hint(reason, provider))


def judge_error(
    provider: str, api: str, response: Response, errors: Mapping[str, Any] | None = None, model: str | None = None
) -> Verdict:
    """The verdict of an error response, to a request of any kind.

    ``errors`` is that part of a descriptor, ``model`` the requested id, if the request has one.
    """
    if response.status in _REDIRECTS:
        text = f"HTTP {response.status}: the server redirects, and redirects are not followed"
        return reject(provider, text)
    return _judge_error(provider, api, response, read_error(response), errors=errors, model=model)


def reject(provider: str, problem: str) -> Verdict:
    """The verdict of a response that is none of the API."""
    return Verdict(Reason.INVALID_RESPONSE, problem, find_hint(Reason.INVALID_RESPONSE, provider))


def _judge_success(call: CompletionCall, response: Response) -> Verdict:
    outcome = parse_completion(call, response.body)
    match outcome:
        case Success(model):
            return _check_cache(call, response) or _name_model(call, response, model)
        case ErrorBody(error):
            return _judge_error(call.provider, call.api, response, error, errors=call.errors, model=call.model)
        case Uncalled(cut):
            return _explain_uncalled(response, cut=cut)
        case Invalid(problem):
            return reject(call.provider, f"HTTP {response.status}: {problem}")
        case _:
            assert_never(outcome)


def _check_cache(call: CompletionCall, response: Response) -> Verdict | None:
    """The verdict of a response that a cache had: it proves neither credential nor credit."""
    hit = next((name for name, pattern in _CACHES.items() if pattern.search(response.headers.get(name, ""))), None)
    if hit is None:
        return None
    return Verdict(Reason.CACHED, f"HTTP 200 from a cache ({hit})", find_hint(Reason.CACHED, call.provider))


def _name_model(call: CompletionCall, response: Response, model: str | None) -> Verdict:
    match = ModelIdentity.SAME if model is None else match_names(call.model, model, call.names)
    if model is None or match is ModelIdentity.SAME:
        return Verdict(None)
    name = response.echoes.redact(model)
    if match is ModelIdentity.ALIAS:
        return Verdict(None, answered_by=name)
    text = "HTTP 200: the response names another model than the requested one"
    return Verdict(Reason.OTHER_MODEL, text, find_hint(Reason.OTHER_MODEL, call.provider), answered_by=name)


def _explain_uncalled(response: Response, *, cut: bool) -> Verdict:
    if cut:
        text = f"HTTP {response.status}: the completion ended before the demanded tool call"
        return Verdict(Reason.UNCLASSIFIED, text, "raise the limit: --max-tokens, or --probe-max-tokens")
    text = f"HTTP {response.status}: the model replied without the demanded tool call"
    return Verdict(Reason.UNSUPPORTED_PARAMETER, text, "choose a model that calls tools")


def _judge_error(  # noqa: PLR0913 - the parts of one response, and whose it is
    provider: str, api: str, response: Response, body: Any, *, errors: Mapping[str, Any] | None, model: str | None
) -> Verdict:
    own = None if errors is None else parse_dialect(errors)
    reason, facts = classify(provider, api, response.status, response.headers, body, own=own, model=model)
    code = "" if facts.code is None else f" {facts.code}"
    error = response.echoes.redact(f"HTTP {response.status}{code}")
    message = None if facts.message is None else response.echoes.redact(facts.message)[:_MAX_MESSAGE]
    return Verdict(reason, error, find_hint(reason, provider), message)


def read_error(response: Response) -> Any:
    """The JSON of an error, or its text if that is short and plain; ``None`` for a page."""
    body = parse_json(response.body)
    if not isinstance(body, InvalidJson):
        return body
    text = response.body[: _MAX_PLAIN + 1].decode("utf-8", "replace").strip()
    return text if text and len(text) <= _MAX_PLAIN and not text.startswith("<") else None


def find_request_id(response: Response) -> str | None:
    """The provider's id of a request, for its support; ``None`` if unset or of an unusual form."""
    found = (response.headers.get(name, "") for name in _REQUEST_ID_HEADERS)
    return next((value for value in found if _REQUEST_ID.fullmatch(value)), None)
