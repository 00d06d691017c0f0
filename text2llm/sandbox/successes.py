"""What a sandbox that plays ``ok`` answers, and what else can be made of that answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from text2llm.sandbox.apis.images import is_picture
from text2llm.sandbox.catalog import list_catalog
from text2llm.sandbox.exchange import Exchange
from text2llm.sandbox.listings import list_models, show_model, show_version
from text2llm.sandbox.payloads import success_headers
from text2llm.sandbox.usage import show_credits, show_key, show_usage
from text2llm.sandbox.values import Call, Delivery, Json, Mistake, Reply

Reshape = Callable[[Exchange, Json], Json]


def succeed(exchange: Exchange, reshape: Reshape | None = None) -> Reply:
    """The provider's success, with a completion that ``reshape`` has changed; or its words on a mistaken request."""
    mistake = exchange.api.find_header_mistake(exchange.request)
    if mistake:
        return exchange.replay(mistake.payload, **mistake.fields)
    if exchange.is_completion:
        return _complete(exchange, reshape)
    answer = _OTHERS[exchange.endpoint.kind](exchange)
    if isinstance(answer, Mistake):
        return exchange.replay(answer.payload, **answer.fields)
    return Reply(200, json.dumps(answer).encode())


def _complete(exchange: Exchange, reshape: Reshape | None) -> Reply:
    if exchange.body is None:
        return exchange.replay("bad-json")
    call = Call(exchange.request, exchange.body, exchange.model, exchange.endpoint.voice.provider)
    mistake = exchange.api.find_mistake(call) or _find_unable(exchange, call)
    if mistake:
        return exchange.replay(mistake.payload, **mistake.fields)
    answer = exchange.api.complete(call)
    answer = reshape(exchange, answer) if reshape else answer
    headers = success_headers(exchange.endpoint.voice, _headers_name(exchange), exchange.request)
    if not exchange.api.streams(call):
        return Reply(200, json.dumps(answer).encode(), headers)
    headers = {**headers, "content-type": exchange.api.stream_type, "cache-control": "no-cache"}
    return Reply(200, exchange.api.stream(answer), headers, Delivery.CHUNKS)


def _find_unable(exchange: Exchange, call: Call) -> Mistake | None:
    """What the model cannot do, or cannot see."""
    images = exchange.api.find_images(call.body)
    if not all(map(is_picture, images)):
        return Mistake("bad-image")
    able = exchange.world.abilities.get(call.model) if call.provider == "openrouter" else None
    if able is None:
        return None
    if images and not able.images:
        return Mistake("no-images")
    return Mistake("no-tools") if exchange.api.find_tool(call.body) and not able.tools else None


def _headers_name(exchange: Exchange) -> str:
    """Anthropic counts the requests of a key and the windows of a login: other headers tell of each."""
    is_login = exchange.api.name == "anthropic-messages" and not exchange.request.headers.get("x-api-key")
    return "success-token" if is_login else "success"


def _list_catalog(exchange: Exchange) -> Json:
    return list_catalog(exchange.world.scenario, exchange.request.now)


_OTHERS: Mapping[str, Callable[[Exchange], Json | Mistake]] = {
    "listing": list_models,
    "model": show_model,
    "version": show_version,
    "catalog": _list_catalog,
    "usage": show_usage,
    "credits": show_credits,
    "key": show_key,
}
