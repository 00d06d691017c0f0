"""What each key makes the sandbox do: a table of behaviours, each a function from an exchange to a reply."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from text2llm.sandbox.exchange import Exchange
from text2llm.sandbox.payloads import Voice
from text2llm.sandbox.providers import base_paths
from text2llm.sandbox.successes import succeed
from text2llm.sandbox.values import Delivery, Json, Reply

ELSEWHERE = "/elsewhere"  # where a redirect leads: a client that follows it is seen there

_HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Welcome to the hotel network.</body></html>\n"
_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n"
)
_PAGE = {"content-type": "text/html"}
_OTHER_MODEL = "sandbox-another-model"
#: What acts when it is printed as it is: in a terminal, in the logs of CI systems, in a page, in a chat.
_ACTING = (
    "\x1b[2J\x1b]0;owned\x07\r\n::error::owned\n##vso[task.complete result=Failed]\n##teamcity[message text='owned']\n"
    "section_start:0:owned\r\u202egnp.exe\u2066 <img src=x onerror=alert(1)> [link](http://sandbox.invalid) @everyone"
)
_FOR_PEOPLE = {"message", "error", "detail", "title", "status_msg"}
_FLAKY = 2  # failures before the first success
_HEADER_COUNT, _HEADER_SIZE = 128, 8192  # a megabyte of headers
_DIGITS = b"9" * 5000
_DEPTH = 100_000


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a key stands for.

    ``says`` is what a probe should make of it, one of these: a status, with its reason where that is certain.
    ``on_listing``: whether lists of models and usage show it too, or only completions. ``payload`` is the provider's
    answer that it replays.
    """

    summary: str
    says: tuple[str, ...]
    play: Callable[[Exchange], Reply]
    on_listing: bool = False
    payload: str | None = None


def play(exchange: Exchange) -> Reply:
    """What the exchange's role makes of it. A list that is public is shown to a dead key, too."""
    behaviour = BEHAVIOURS[exchange.role.name]
    shown = behaviour.on_listing and not (exchange.endpoint.public and behaviour.says[0].startswith("auth/"))
    return behaviour.play(exchange) if shown or exchange.is_completion else succeed(exchange)


def say(name: str, voice: Voice) -> tuple[str, ...]:
    """What a probe should make of a behaviour when this provider plays it."""
    behaviour = BEHAVIOURS[name]
    if behaviour.payload is None:
        return behaviour.says
    found, payload = voice.find(behaviour.payload)
    return (payload["says"],) if "says" in payload else BEHAVIOURS[found].says


def say_elsewhere(name: str) -> dict[Voice, tuple[str, ...]]:
    """Who lets a probe say something else of a behaviour than most: providers have words, or none, of their own."""
    voices = dict.fromkeys(voice for voice, _ in base_paths())
    said = {voice: say(name, voice) for voice in voices}
    return {voice: words for voice, words in said.items() if words != BEHAVIOURS[name].says}


def _think(exchange: Exchange, completion: Json) -> Json:
    return exchange.api.think(completion)


def _hollow(exchange: Exchange, completion: Json) -> Json:
    return exchange.api.hollow(completion)


def _rename(exchange: Exchange, completion: Json) -> Json:
    return exchange.api.rename(completion, _OTHER_MODEL)


def _slow(exchange: Exchange) -> Reply:
    number = exchange.role.number
    return replace(succeed(exchange), delay=exchange.world.slow if number is None else number / 1000)


def _flake(exchange: Exchange) -> Reply:
    number = exchange.role.number
    turn = exchange.world.take_turn("flaky", exchange.endpoint.voice, exchange.key, exchange.model)
    return exchange.replay("overloaded") if turn < (_FLAKY if number is None else number) else succeed(exchange)


def _reason(exchange: Exchange) -> Reply:
    """OpenAI's reasoning models refuse the older name of the limit."""
    is_openai = exchange.endpoint.voice.provider == "openai" and exchange.api.name == "openai-completions"
    old_field = is_openai and "max_tokens" in (exchange.body or {})
    return exchange.replay("unsupported") if old_field else succeed(exchange, _think)


def _set_up(exchange: Exchange) -> Reply:
    """A token of ``claude setup-token``: it may ask models, and may not look at the account's usage."""
    barred = exchange.endpoint.kind == "usage" and exchange.api.name == "anthropic-messages"
    return exchange.replay("no-profile-scope") if barred else succeed(exchange)


def _refuse(name: str, wanted: Callable[[Exchange, Json], bool], exchange: Exchange) -> Reply:
    """A model that cannot do something, and says so when it is asked to."""
    body = exchange.body
    return exchange.replay(name) if body is not None and wanted(exchange, body) else succeed(exchange)


def _wants_tool(exchange: Exchange, body: Json) -> bool:
    return exchange.api.find_tool(body) is not None


def _shows_image(exchange: Exchange, body: Json) -> bool:
    return bool(exchange.api.find_images(body))


def _act(exchange: Exchange) -> Reply:
    reply = exchange.replay("unknown-key")
    return replace(reply, body=json.dumps(_speak(json.loads(reply.body))).encode())


def _speak(value: Any, name: str = "") -> Any:
    """An error with something that acts at the end of each text that is for people."""
    if isinstance(value, dict):
        return {key: _speak(each, key) for key, each in value.items()}
    return f"{value} {_ACTING}" if isinstance(value, str) and name in _FOR_PEOPLE else value


def _error_200(exchange: Exchange) -> Reply:
    """The error of a success: as an event of its own where the client reads events."""
    reply, asked = exchange.replay("error-200"), succeed(exchange)
    if asked.delivery is not Delivery.CHUNKS:
        return reply
    lined = b"data: " + reply.body + b"\n\n" if "event-stream" in asked.headers["content-type"] else reply.body + b"\n"
    return replace(asked, body=lined)


def _append(raw: bytes, exchange: Exchange) -> Reply:
    """A success with one field more, which is JSON by its looks alone."""
    reply = succeed(exchange)
    return replace(reply, body=reply.body[:-1] + b', "sandbox": ' + raw + b"}", delivery=Delivery.WHOLE)


def _recode(exchange: Exchange) -> Reply:
    reply = succeed(exchange)
    headers = {**reply.headers, "content-type": "application/json; charset=utf-16"}
    return replace(reply, body=reply.body.decode().encode("utf-16"), headers=headers)


def _mispack(exchange: Exchange) -> Reply:
    reply = succeed(exchange)
    return replace(reply, headers={**reply.headers, "content-encoding": "gzip"})


def _pad(exchange: Exchange) -> Reply:
    reply = succeed(exchange)
    padding = {f"x-padding-{number}": "x" * _HEADER_SIZE for number in range(_HEADER_COUNT)}
    return replace(reply, headers={**reply.headers, **padding})


def _bomb(exchange: Exchange) -> Reply:
    return Reply(200, delivery=Delivery.BOMB, layers=max(1, min(exchange.role.number or 1, 5)))


def _send_away(exchange: Exchange) -> Reply:
    # Another host by its name, and this one by its address: what follows is seen here.
    port = exchange.world.origin.rpartition(":")[2]
    return Reply(307, headers={"location": f"http://localhost:{port}{ELSEWHERE}"})


def _deliver(delivery: Delivery, exchange: Exchange) -> Reply:
    return replace(succeed(exchange), delivery=delivery)


def _fixed(reply: Reply, _exchange: Exchange) -> Reply:
    return reply


_OK, _INVALID, _LATE = ("ok",), ("unknown/invalid_response",), ("timeout/deadline",)
_Row = tuple[str, Behaviour]


def _success(name: str, play: Callable[[Exchange], Reply], summary: str, says: tuple[str, ...] = _OK) -> _Row:
    return name, Behaviour(summary, says, play)


def _failure(name: str, says: str, summary: str, *, on_listing: bool = False) -> _Row:
    return name, Behaviour(summary, (says,), partial(Exchange.replay, name=name), on_listing, name)


def _lie(name: str, play: Callable[[Exchange], Reply], summary: str) -> _Row:
    return name, Behaviour(summary, _INVALID, play)


def _way(name: str, delivery: Delivery, says: tuple[str, ...], summary: str) -> _Row:
    return name, Behaviour(summary, says, partial(_deliver, delivery), on_listing=True)


def _static(name: str, reply: Reply, says: tuple[str, ...], summary: str) -> _Row:
    return name, Behaviour(summary, says, partial(_fixed, reply), on_listing=True)


def _rows() -> Iterator[_Row]:
    yield from _successes()
    yield from _failures()
    yield from _lies()
    yield from _ways()


def _successes() -> Iterator[_Row]:
    yield _success("ok", succeed, "a completion by the model that was asked for")
    yield _success("thinking", partial(succeed, reshape=_think), "a reasoning model that spends its tokens thinking")
    yield _success(
        "reasoning", _reason, "the same; OpenAI's refuses max_tokens", (*_OK, "format/unsupported_parameter")
    )
    yield "slow", Behaviour("a completion after 2 seconds, or -slow-MS", (*_OK, *_LATE), _slow, on_listing=True)
    yield _success("flaky", _flake, "overloaded twice, or -flaky-N times, then ok", ("rate_limit/overloaded", *_OK))
    yield "setup", Behaviour("a token that may ask models, not see the usage", _OK, _set_up, on_listing=True)
    yield "no-tools", _unable("a model that cannot call tools", "no-tools", _wants_tool)
    yield "no-images", _unable("a model that cannot see pictures", "no-images", _shows_image)


def _unable(summary: str, payload: str, wanted: Callable[[Exchange, Json], bool]) -> Behaviour:
    return Behaviour(summary, _OK, partial(_refuse, payload, wanted))


def _failures() -> Iterator[_Row]:
    yield _failure("revoked", "auth/revoked", "a credential that was taken back", on_listing=True)
    yield _failure("expired", "auth/expired", "a token past its time", on_listing=True)
    yield _failure("forbidden", "auth/forbidden", "a caller that may not call from here", on_listing=True)
    yield _failure("client", "auth/client_not_allowed", "a credential for the provider's own clients alone")
    yield _failure("unpaid", "billing/credit_exhausted", "an account without credit; its listing works")
    yield _failure("quota", "billing/quota_exhausted", "a spending limit that is reached")
    yield _failure("limited", "rate_limit/rate_limited", "too many requests; its listing works")
    yield _failure("window", "rate_limit/usage_window", "a plan whose hours or week are used up")
    yield _failure("overloaded", "rate_limit/overloaded", "the provider is overloaded")
    yield _failure("no-model", "no_model/model_not_found", "a model that does not exist")
    yield _failure("not-entitled", "no_model/model_not_entitled", "a model that this account may not use")
    yield _failure("retired", "no_model/model_retired", "a retired model")
    yield _failure("bad-request", "format/bad_request", "a request that the provider does not like")
    yield _failure("unsupported", "format/unsupported_parameter", "a parameter that the model does not take")
    yield _failure("overflow", "format/context_overflow", "a prompt that is too long for the model")
    yield _failure("server-error", "unknown/server_error", "the provider failed", on_listing=True)
    yield _static(
        "gateway", Reply(502, _GATEWAY, _PAGE), ("unknown/server_error",), "a gateway's page of HTML, status 502"
    )


def _lies() -> Iterator[_Row]:
    yield (
        "error-200",
        Behaviour("an error object with the status of a success", ("rate_limit",), _error_200, payload="error-200"),
    )
    yield _lie("other-model", partial(succeed, reshape=_rename), "a completion by another model")
    yield _lie("no-choices", partial(succeed, reshape=_hollow), "a completion with nothing in it")
    yield _static("html", Reply(200, _HTML, _PAGE), _INVALID, "the page of a captive portal")
    yield _static("garbage", Reply(200, bytes(range(256))), _INVALID, "bytes that are no JSON")
    yield _static("empty", Reply(200), _INVALID, "an empty body")
    yield _lie("nan", partial(_append, b"NaN"), "a completion with a number that is none")
    yield _lie("digits", partial(_append, _DIGITS), "a completion with a number of 5,000 digits")
    yield _lie("deep", partial(_append, b"[" * _DEPTH + b"]" * _DEPTH), "a completion with lists 100,000 deep")
    yield _lie("charset", _recode, "a completion in UTF-16")
    yield _lie("bad-gzip", _mispack, "a completion that says it is compressed and is not")
    yield "escapes", Behaviour("an unknown key, told in words that act on terminals and CI systems", ("auth",), _act)


def _ways() -> Iterator[_Row]:
    yield _static("redirect", Reply(307, headers={"location": ELSEWHERE}), _INVALID, "a redirect to another path")
    yield "redirect-away", Behaviour("a redirect to another host", _INVALID, _send_away, on_listing=True)
    yield _way("truncated", Delivery.HALF, _INVALID, "a connection that closes half-way")
    yield "bomb", Behaviour("a gigabyte, compressed once or as often as -bomb-N says", _INVALID, _bomb, on_listing=True)
    yield "headers", Behaviour("a megabyte of headers", _INVALID, _pad, on_listing=True)
    yield _way("endless", Delivery.ENDLESS, _INVALID, "a body without end, as fast as it goes")
    yield _way("drip", Delivery.DRIP, _LATE, "a body without end, a byte at a time")
    yield _way("drip-head", Delivery.DRIP_HEAD, _LATE, "a header without end, a byte at a time")
    yield _way("interim", Delivery.INTERIM, _LATE, "interim responses without end before the final one")
    yield _way("flood", Delivery.FLOOD, _LATE, "the same, as fast as it goes")
    yield _way("hang", Delivery.NEVER, _LATE, "no answer, ever")
    yield _way("close", Delivery.CLOSE, ("unknown/network",), "a connection that closes without an answer")
    yield _way("reset", Delivery.RESET, ("unknown/network",), "a connection that is reset")


#: By name: the key ``sandbox-NAME`` plays it.
BEHAVIOURS: Mapping[str, Behaviour] = dict(_rows())
