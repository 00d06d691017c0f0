"""What each key makes the sandbox do: a table of behaviours, each a function from an exchange to a reply."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from text2llm.sandbox.apis import allowed_methods, find_api
from text2llm.sandbox.payloads import replay, success_headers
from text2llm.sandbox.values import Api, Delivery, Json, Reply, Request

KEY_PREFIX = "sandbox-"
ELSEWHERE = "/elsewhere"  # where a redirect leads: a client that follows it is seen there

_HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Welcome to the hotel network.</body></html>\n"
_JSON_TYPE = {"content-type": "application/json"}
_OTHER_MODEL = "sandbox-another-model"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, and what is known of it: the API, the path below its prefix and the key."""

    api: Api
    path: str
    key: str | None
    request: Request

    @property
    def is_listing(self) -> bool:
        """Whether it asks for the models, which costs nothing and needs no credit."""
        return self.path != self.api.completion_path


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a key stands for. ``on_listing``: whether the list of models shows it too."""

    summary: str
    play: Callable[[Exchange], Reply]
    on_listing: bool = False


def begin(request: Request) -> Exchange:
    """The exchange that a request opens."""
    api, path = find_api(request)
    return Exchange(api, path, api.find_key(request), request)


def name_behaviour(exchange: Exchange) -> str:
    """The row of :data:`BEHAVIOURS` that the key names, or what the API says of any other key, or of none."""
    if exchange.key is None:
        return "no-key"
    name = exchange.key.removeprefix(KEY_PREFIX)
    return name if name in BEHAVIOURS and name != exchange.key else "unknown-key"


def answer(exchange: Exchange) -> Reply:
    """The reply to an exchange: what is wrong with its path, its key or its body comes first, as in the real APIs."""
    allowed = allowed_methods(exchange.api).get(exchange.path)
    name = name_behaviour(exchange)
    if allowed is None:
        reply = _replay("unknown-path", exchange)
    elif allowed != exchange.request.method:
        reply = replace(_replay("wrong-method", exchange, allowed=allowed), headers={"allow": allowed})
    elif name in BEHAVIOURS:
        reply = _play(BEHAVIOURS[name], exchange)
    else:
        reply = _replay(name, exchange)
    return replace(reply, headers={**_JSON_TYPE, exchange.api.id_header: exchange.request.id, **reply.headers})


def refuse_large(exchange: Exchange) -> Reply:
    """The reply to a body that is larger than the sandbox reads."""
    return replace(_replay("too-large", exchange), headers=_JSON_TYPE)


def _play(behaviour: Behaviour, exchange: Exchange) -> Reply:
    hidden = exchange.is_listing and not behaviour.on_listing
    return _succeed(exchange) if hidden else behaviour.play(exchange)


def _replay(name: str, exchange: Exchange, **fields: str) -> Reply:
    request = exchange.request
    known = {
        "key": _mask(exchange.key or ""),
        "model": str((_parse(request.body) or {}).get("model", "")),
        "method": request.method,
        "path": request.path,
        "request_id": request.id,
    }
    return replay(exchange.api.name, name, known | fields)


def _mask(key: str) -> str:
    """A key as OpenAI echoes it, first and last characters included: a client must not print even those."""
    return f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}" if len(key) > 12 else "*" * len(key)  # noqa: PLR2004


def _parse(body: bytes) -> Json | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _succeed(exchange: Exchange, reshape: Callable[[Api, Json], Json] | None = None) -> Reply:
    body = {} if exchange.is_listing else _parse(exchange.request.body)
    if body is None:
        return _replay("bad-json", exchange)
    mistake = exchange.api.find_mistake(exchange.request, body)
    if mistake:
        return _replay(mistake.payload, exchange, **mistake.fields)
    data = exchange.api.listing() if exchange.is_listing else _complete(exchange, body, reshape)
    return Reply(200, json.dumps(data).encode(), success_headers(exchange.api.name))


def _complete(exchange: Exchange, body: Json, reshape: Callable[[Api, Json], Json] | None) -> Json:
    completion = exchange.api.complete(str(body["model"]), exchange.request.id)
    return reshape(exchange.api, completion) if reshape else completion


def _think(api: Api, completion: Json) -> Json:
    return api.think(completion)


def _hollow(api: Api, completion: Json) -> Json:
    return api.hollow(completion)


def _rename(_api: Api, completion: Json) -> Json:
    return {**completion, "model": _OTHER_MODEL}


def _deliver(delivery: Delivery, exchange: Exchange) -> Reply:
    return replace(_succeed(exchange), delivery=delivery)


def _fixed(reply: Reply, _exchange: Exchange) -> Reply:
    return reply


def _failure(name: str, summary: str, *, on_listing: bool = False) -> tuple[str, Behaviour]:
    return name, Behaviour(summary, partial(_replay, name), on_listing)


def _delivery(name: str, delivery: Delivery, summary: str) -> tuple[str, Behaviour]:
    return name, Behaviour(summary, partial(_deliver, delivery), on_listing=True)


def _static(name: str, reply: Reply, summary: str) -> tuple[str, Behaviour]:
    return name, Behaviour(summary, partial(_fixed, reply), on_listing=True)


#: By name: the key ``sandbox-NAME`` plays it.
BEHAVIOURS: Mapping[str, Behaviour] = dict(
    (
        ("ok", Behaviour("a completion by the model that was asked for", _succeed)),
        ("thinking", Behaviour("a reasoning model that spent its tokens thinking", partial(_succeed, reshape=_think))),
        _delivery("slow", Delivery.LATE, "a completion that takes its time"),
        _failure("revoked", "a credential that was taken back", on_listing=True),
        _failure("expired", "a token past its time", on_listing=True),
        _failure("forbidden", "a caller that may not call from here", on_listing=True),
        _failure("unpaid", "an account without credit; its listing works"),
        _failure("limited", "too many requests; its listing works"),
        _failure("overloaded", "the provider is overloaded"),
        _failure("server-error", "the provider failed", on_listing=True),
        _failure("no-model", "a model that does not exist"),
        _failure("error200", "an error object with the status of a success"),
        ("wrong-model", Behaviour("a completion by another model", partial(_succeed, reshape=_rename))),
        ("no-choices", Behaviour("a completion with nothing in it", partial(_succeed, reshape=_hollow))),
        _static("html", Reply(200, _HTML, {"content-type": "text/html"}), "the page of a captive portal"),
        _static("garbage", Reply(200, bytes(range(256))), "bytes that are no JSON"),
        _static("empty", Reply(200), "an empty body"),
        _static("redirect", Reply(307, headers={"location": ELSEWHERE}), "a redirect to another path"),
        _delivery("truncated", Delivery.HALF, "a connection that closes half-way"),
        _static("bomb", Reply(200, delivery=Delivery.BOMB), "a compressed body that unpacks to a gigabyte"),
        _static("hang", Reply(200, delivery=Delivery.NEVER), "no answer, ever"),
        _delivery("drip", Delivery.DRIP, "an endless body, a byte at a time"),
        _delivery("interim", Delivery.INTERIM, "endless interim responses before the final one"),
    )
)
