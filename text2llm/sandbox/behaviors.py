"""A table of behaviors, each a function from an exchange to a response; the key selects one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from text2llm.sandbox.apis.base import Api
from text2llm.sandbox.delivery import split_events
from text2llm.sandbox.exchange import Exchange
from text2llm.sandbox.oddities import ODDITIES
from text2llm.sandbox.payloads import PlayedApi
from text2llm.sandbox.providers import base_paths
from text2llm.sandbox.successes import succeed
from text2llm.sandbox.values import Delivery, HttpResponse, Json

ELSEWHERE = "/elsewhere"  # the target of redirects: a client that follows one is seen there

_HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Welcome to the hotel network.</body></html>\n"
_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n"
)
_PAGE = {"content-type": "text/html"}
_OTHER_MODEL = "sandbox-another-model"
#: Of a provider that serves its own models only, one that its catalog has.
_OTHER_MODELS = {"openai": "gpt-4o-mini", "anthropic": "claude-haiku-4-5", "google": "gemini-2.5-flash-lite"}
#: Control sequences that take effect if printed as they are: in a terminal, a CI log, a page or a chat.
_CONTROL_SEQUENCES = (
    "\x1b[2J\x1b]0;owned\x07\r\n::error::owned\n##vso[task.complete result=Failed]\n##teamcity[message text='owned']\n"
    "section_start:0:owned\r\u202egnp.exe\u2066 <img src=x onerror=alert(1)> [link](http://sandbox.invalid) @everyone"
)
_TEXT_FIELDS = {"message", "error", "detail", "title", "status_msg"}
_FLAKY = 2  # failures before the first success
_HEADER_COUNT, _HEADER_SIZE = 128, 8192  # a megabyte of headers
_DIGITS = b"9" * 5000
_DEPTH = 100_000


Play = Callable[[Exchange], HttpResponse]


@dataclass(frozen=True, slots=True)
class Behavior:
    """``says`` are the statuses that a probe may report, with the reason if that is certain.

    ``on_listing``: lists of models and usage play it too, not only completions. ``payload`` is the replayed payload.
    """

    summary: str
    says: tuple[str, ...]
    play: Play
    on_listing: bool = False
    payload: str | None = None


def play(exchange: Exchange) -> HttpResponse:
    """The response of the exchange's role. A public list is also shown to an invalid key."""
    behavior = BEHAVIORS[exchange.role.name]
    shown = behavior.on_listing and not (exchange.endpoint.public and behavior.says[0].startswith("auth/"))
    return behavior.play(exchange) if shown or exchange.is_completion else succeed(exchange)


def expected_statuses(name: str, played: PlayedApi) -> tuple[str, ...]:
    behavior = BEHAVIORS[name]
    if name in ODDITIES:
        return (ODDITIES[name].expect(played.api),)
    if behavior.payload is None:
        return behavior.says
    found, payload = played.find(behavior.payload)
    return (payload["says"],) if "says" in payload else BEHAVIORS[found].says


def differing_statuses(name: str) -> dict[PlayedApi, tuple[str, ...]]:
    """The APIs at which a probe reports other statuses of a behavior than at most."""
    expected = {played: expected_statuses(name, played) for played, _ in base_paths()}
    return {played: statuses for played, statuses in expected.items() if statuses != BEHAVIORS[name].says}


def _think(api: Api, completion: Json) -> Json:
    return api.think(completion)


def _slow(exchange: Exchange) -> HttpResponse:
    number = exchange.role.number
    return replace(succeed(exchange), delay=exchange.state.slow if number is None else number / 1000)


def _flake(exchange: Exchange) -> HttpResponse:
    number = exchange.role.number
    turn = exchange.state.take_turn("flaky", exchange.endpoint.played, exchange.key, exchange.model)
    return exchange.replay("overloaded") if turn < (_FLAKY if number is None else number) else succeed(exchange)


def _reason(exchange: Exchange) -> HttpResponse:
    """OpenAI's reasoning models reject the older name of the limit."""
    is_openai = exchange.endpoint.played.provider == "openai" and exchange.api.name == "openai-completions"
    old_field = is_openai and "max_tokens" in (exchange.body or {})
    return exchange.replay("unsupported") if old_field else succeed(exchange, _think)


def _answer_otherwise(exchange: Exchange) -> HttpResponse:
    name = _OTHER_MODELS.get(exchange.endpoint.played.provider, _OTHER_MODEL)
    return succeed(exchange, lambda api, completion: api.rename(completion, name))


def _set_up(exchange: Exchange) -> HttpResponse:
    """A token of ``claude setup-token``: it may call models, but not see the account's usage."""
    barred = exchange.endpoint.kind == "usage" and exchange.api.name == "anthropic-messages"
    return exchange.replay("no-profile-scope") if barred else succeed(exchange)


def _lack(name: str, needs: Callable[[Api, Json], object], exchange: Exchange) -> HttpResponse:
    """A model without a capability, which rejects requests that need it."""
    return (
        exchange.replay(name) if exchange.body is not None and needs(exchange.api, exchange.body) else succeed(exchange)
    )


def _inject(exchange: Exchange) -> HttpResponse:
    response = exchange.replay("unknown-key")
    return replace(response, body=json.dumps(_append_controls(json.loads(response.body))).encode())


def _append_controls(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _append_controls(nested, key) for key, nested in value.items()}
    return f"{value} {_CONTROL_SEQUENCES}" if isinstance(value, str) and name in _TEXT_FIELDS else value


def _error_200(exchange: Exchange) -> HttpResponse:
    """An error with a success status: as an event if the client reads a stream."""
    error, success = exchange.replay("error-200"), succeed(exchange)
    return _end_in(exchange, error, success, b"") if success.delivery == "chunks" else error


def _break_off(exchange: Exchange) -> HttpResponse:
    """An overload: in a stream after its first events."""
    error, success = exchange.replay("overloaded"), succeed(exchange)
    if success.delivery != "chunks":
        return error
    events = split_events(success.body)
    return _end_in(exchange, error, success, b"".join(events[: len(events) // 2]))


def _end_in(exchange: Exchange, error: HttpResponse, success: HttpResponse, begun: bytes) -> HttpResponse:
    told = json.loads(error.body)  # Google's is in a list
    return replace(success, body=begun + exchange.api.stream_error(told[0] if isinstance(told, list) else told))


def _leave_out_end(exchange: Exchange) -> HttpResponse:
    """A body that is complete by its length, and lacks its end."""
    response = succeed(exchange)
    if response.delivery != "chunks":
        return replace(response, body=response.body[: len(response.body) // 2])
    events = split_events(response.body)
    return replace(response, body=b"".join(events[: len(events) // 2]))


def _insert(raw: bytes, exchange: Exchange) -> HttpResponse:
    """A success whose first object has a field more."""
    response = succeed(exchange)
    return replace(response, body=response.body.replace(b"{", b'{"sandbox": ' + raw + b", ", 1))


def _recode(exchange: Exchange) -> HttpResponse:
    response = succeed(exchange)
    headers = {**response.headers, "content-type": "application/json; charset=utf-16"}
    return replace(response, body=response.body.decode().encode("utf-16"), headers=headers)


def _mislabel(exchange: Exchange) -> HttpResponse:
    response = succeed(exchange)
    return replace(response, headers={**response.headers, "content-encoding": "gzip"})


def _pad(exchange: Exchange) -> HttpResponse:
    response = succeed(exchange)
    padding = {f"x-padding-{number}": "x" * _HEADER_SIZE for number in range(_HEADER_COUNT)}
    return replace(response, headers={**response.headers, **padding})


def _bomb(exchange: Exchange) -> HttpResponse:
    return HttpResponse(200, delivery="bomb", layers=max(1, min(exchange.role.number or 1, 5)))


def _redirect_away(exchange: Exchange) -> HttpResponse:
    # By name it is another host, by address this one: a client that follows is seen here.
    port = exchange.state.origin.rpartition(":")[2]
    return HttpResponse(307, headers={"location": f"http://localhost:{port}{ELSEWHERE}"})


_OK, _INVALID, _LATE = ("ok",), ("unknown/invalid_response",), ("timeout/deadline",)
#: Failures that replay the payload of their name: the status that a probe should report, and a summary.
_FAILURES = {
    "revoked": ("auth/revoked", "a revoked credential"),
    "expired": ("auth/expired", "an expired token"),
    "forbidden": ("auth/forbidden", "a caller that is not allowed from here"),
    "client": ("auth/client_not_allowed", "a credential for the provider's own clients only"),
    "unpaid": ("billing/credit_exhausted", "an account without credit; its listing works"),
    "quota": ("billing/quota_exhausted", "a spending limit that is reached"),
    "limited": ("rate_limit/rate_limited", "too many requests; its listing works"),
    "window": ("rate_limit/usage_window", "a plan whose hours or week are used up"),
    "overloaded": ("rate_limit/overloaded", "the provider is overloaded"),
    "no-model": ("no_model/model_not_found", "a model that does not exist"),
    "not-entitled": ("no_model/model_not_entitled", "a model that this account may not use"),
    "retired": ("no_model/model_retired", "a retired model"),
    "bad-request": ("format/bad_request", "a request that the provider rejects"),
    "unsupported": ("format/unsupported_parameter", "a parameter that the model does not accept"),
    "overflow": ("format/context_overflow", "a prompt that is too long for the model"),
    "server-error": ("unknown/server_error", "the provider failed"),
}
_LISTING_FAILURES = {"revoked", "expired", "forbidden", "server-error"}


def _sent(summary: str, delivery: Delivery, says: tuple[str, ...] = _LATE) -> Behavior:
    return Behavior(summary, says, lambda exchange: replace(succeed(exchange), delivery=delivery), on_listing=True)


def _fixed(summary: str, response: HttpResponse, says: tuple[str, ...] = _INVALID) -> Behavior:
    return Behavior(summary, says, lambda _exchange: response, on_listing=True)


#: By name: the key ``sandbox-NAME`` plays it.
BEHAVIORS: Mapping[str, Behavior] = {
    "ok": Behavior("a completion by the requested model", _OK, succeed),
    "thinking": Behavior("a reasoning model that spends its tokens thinking", _OK, partial(succeed, reshape=_think)),
    "reasoning": Behavior("the same; OpenAI's rejects max_tokens", _OK, _reason),
    "slow": Behavior("a completion after 2 seconds, or -slow-MS", ("ok", *_LATE), _slow, on_listing=True),
    "flaky": Behavior("overloaded twice, or -flaky-N times, then ok", ("rate_limit/overloaded", "ok"), _flake),
    "setup": Behavior("a token that may call models, not see the usage", _OK, _set_up, on_listing=True),
    "no-tools": Behavior(
        "a model that cannot call tools", _OK, partial(_lack, "no-tools", lambda api, body: api.find_tool(body))
    ),
    "no-images": Behavior(
        "a model that cannot see images", _OK, partial(_lack, "no-images", lambda api, body: api.find_images(body))
    ),
    **{
        name: Behavior(summary, (says,), partial(Exchange.replay, name=name), name in _LISTING_FAILURES, name)
        for name, (says, summary) in _FAILURES.items()
    },
    "gateway": _fixed(
        "a gateway's HTML page, status 502", HttpResponse(502, _GATEWAY, _PAGE), ("unknown/server_error",)
    ),
    "error-200": Behavior("an error object with a success status", ("rate_limit",), _error_200, payload="error-200"),
    "stream-error": Behavior(
        "overloaded; in a stream after its first events", ("rate_limit/overloaded",), _break_off, payload="overloaded"
    ),
    "unfinished": Behavior("a body or a stream that lacks its end", _INVALID, _leave_out_end),
    "other-model": Behavior(
        "a completion that names another model",
        ("ok", "unknown/other_model"),
        _answer_otherwise,
    ),
    "no-choices": Behavior(
        "a completion without content",
        _INVALID,
        partial(succeed, reshape=lambda api, completion: api.strip_content(completion)),
    ),
    "html": _fixed("the page of a captive portal", HttpResponse(200, _HTML, _PAGE)),
    "garbage": _fixed("bytes that are not JSON", HttpResponse(200, bytes(range(256)))),
    "empty": _fixed("an empty body", HttpResponse(200)),
    "nan": Behavior("a completion with the number NaN", _INVALID, partial(_insert, b"NaN")),
    "digits": Behavior("a completion with a number of 5,000 digits", _INVALID, partial(_insert, _DIGITS)),
    "deep": Behavior("a completion with lists 100,000 deep", _INVALID, partial(_insert, b"[" * _DEPTH + b"]" * _DEPTH)),
    "charset": Behavior("a completion in UTF-16", _INVALID, _recode),
    "bad-gzip": Behavior("a completion labeled as compressed that is not", _INVALID, _mislabel),
    "escapes": Behavior("an unknown key; the error has control sequences of terminals and CI", ("auth",), _inject),
    "redirect": _fixed("a redirect to another path", HttpResponse(307, headers={"location": ELSEWHERE})),
    "redirect-away": Behavior("a redirect to another host", _INVALID, _redirect_away, on_listing=True),
    "truncated": _sent("a connection that closes halfway", "half", _INVALID),
    "bomb": Behavior("a gigabyte, compressed once or -bomb-N times", _INVALID, _bomb, on_listing=True),
    "headers": Behavior("a megabyte of headers", _INVALID, _pad, on_listing=True),
    "endless": _sent("an endless body, at full speed", "endless", _INVALID),
    "drip": _sent("an endless body, one byte at a time", "drip"),
    "drip-head": _sent("an endless header, one byte at a time", "drip-head"),
    "interim": _sent("endless interim responses before the final one", "interim"),
    "flood": _sent("the same, at full speed", "flood"),
    "hang": _sent("no response, ever", "never"),
    "close": _sent("a connection that closes without a response", "close", ("unknown/network",)),
    "reset": _sent("a connection that is reset", "reset", ("unknown/network",)),
    **{name: Behavior(odd.summary, (odd.says,), odd.play) for name, odd in ODDITIES.items()},
}
