"""The responses of the behavior ``ok``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from text2llm.sandbox.apis.anthropic_messages import is_login
from text2llm.sandbox.apis.base import Api, is_image
from text2llm.sandbox.catalog import list_catalog
from text2llm.sandbox.exchange import Exchange
from text2llm.sandbox.listings import list_page, show_model, show_version
from text2llm.sandbox.payloads import success_headers
from text2llm.sandbox.usage import show_credits, show_litellm_key, show_usage
from text2llm.sandbox.values import HttpResponse, Json, Mistake, ParsedCall

Reshape = Callable[[Api, Json], Json]


def succeed(exchange: Exchange, reshape: Reshape | None = None) -> HttpResponse:
    """The provider's success, its completion changed by ``reshape``; or its error for a mistaken request."""
    mistake = exchange.api.find_header_mistake(exchange.request, is_token=exchange.is_token)
    if mistake:
        return exchange.replay(mistake.payload, **mistake.fields)
    if exchange.is_completion:
        return _complete(exchange, reshape)
    answer = _OTHERS[exchange.endpoint.kind](exchange)
    if isinstance(answer, Mistake):
        return exchange.replay(answer.payload, **answer.fields)
    return HttpResponse(200, json.dumps(answer).encode())


def _complete(exchange: Exchange, reshape: Reshape | None) -> HttpResponse:
    if exchange.body is None:
        return exchange.replay("bad-json")
    call = ParsedCall(exchange.request, exchange.body, exchange.model, exchange.endpoint.played.provider)
    mistake = exchange.api.find_mistake(call) or _find_unable(exchange, call)
    if mistake:
        return exchange.replay(mistake.payload, **mistake.fields)
    answer = exchange.api.complete(call)
    answer = reshape(exchange.api, answer) if reshape else answer
    headers = success_headers(exchange.endpoint.played, _headers_name(exchange), exchange.request)
    if not exchange.api.streams(call):
        return HttpResponse(200, json.dumps(answer).encode(), headers)
    headers = {**headers, "content-type": exchange.api.find_stream_type(call), "cache-control": "no-cache"}
    return HttpResponse(200, exchange.api.stream(answer, call), headers, "chunks")


def _find_unable(exchange: Exchange, call: ParsedCall) -> Mistake | None:
    images = exchange.api.find_images(call.body)
    if not all(map(is_image, images)):
        return Mistake("bad-image")
    able = exchange.state.abilities.get(call.model) if call.provider == "openrouter" else None
    if able is None:
        return None
    if images and not able.images:
        return Mistake("no-images")
    return Mistake("no-tools") if exchange.api.find_tool(call.body) and not able.tools else None


def _headers_name(exchange: Exchange) -> str:
    """Anthropic limits a key by requests and a login by windows, with different headers."""
    by_login = exchange.api.name == "anthropic-messages" and is_login(exchange.request)
    return "success-token" if by_login else "success"


_OTHERS: Mapping[str, Callable[[Exchange], Json | Mistake]] = {
    "listing": list_page,
    "model": show_model,
    "version": show_version,
    "catalog": lambda exchange: list_catalog(exchange.state.scenario, exchange.request.now),
    "usage": show_usage,
    "credits": show_credits,
    "key": show_litellm_key,
}
