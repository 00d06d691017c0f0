"""From a request to a response: errors of path, key or body come first, as in the real APIs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import NamedTuple

from text2llm.sandbox.apis import APIS
from text2llm.sandbox.behaviors import BEHAVIORS, ELSEWHERE, play
from text2llm.sandbox.exchange import UNKNOWN_KEY, Exchange, SandboxState, choose_role
from text2llm.sandbox.oauth.provider import answer_login
from text2llm.sandbox.oauth.request import OAuthRequest
from text2llm.sandbox.payloads import PlayedApi, replay
from text2llm.sandbox.providers import base_paths, find_endpoints, guess_api
from text2llm.sandbox.values import HttpRequest, HttpResponse

_JSON_TYPE = {"content-type": "application/json"}


class Answer(NamedTuple):
    response: HttpResponse
    behavior: str


def answer(request: HttpRequest, state: SandboxState) -> Answer:
    response = answer_login(OAuthRequest(request, state.origin, state.ledger, state.scenario.oauth, BEHAVIORS))
    if response is not None:
        return Answer(response, "login")
    return _answer_around(request, state) or _answer_provider(request, state)


def refuse_large(request: HttpRequest) -> Answer:
    return Answer(_finish(replay(guess_api(request), "too-large", request, {}), request), "too-large")


def _answer_around(request: HttpRequest, state: SandboxState) -> Answer | None:
    """The home page, and the target of redirects: paths of no provider."""
    if request.path == ELSEWHERE:
        return Answer(HttpResponse(200, b"{}", _JSON_TYPE), "elsewhere")
    if request.path != "/" or request.method != "GET":
        return None
    providers = [
        {"provider": played.provider, "api": played.api, "baseUrl": state.origin + path}
        for played, path in base_paths()
    ]
    body = {"name": "text2llm sandbox", "issuer": state.origin, "providers": providers}
    return Answer(HttpResponse(200, json.dumps(body, indent=2).encode(), _JSON_TYPE), "home")


def _answer_provider(request: HttpRequest, state: SandboxState) -> Answer:
    found = find_endpoints(request)
    endpoint = found.endpoints.get(request.method)
    if endpoint is None:
        return _refuse_path(request, tuple(found.endpoints))
    exchange = Exchange(request, endpoint, found.model, state)
    choose_role(exchange, BEHAVIORS)
    name = exchange.role.name
    if endpoint.tokens and request.headers.get("x-api-key"):
        name = UNKNOWN_KEY
    response = play(exchange) if name in BEHAVIORS else exchange.replay(name)
    response = replace(response, delay=response.delay + exchange.latency)
    return Answer(_finish(response, request, endpoint.played), name)


def _refuse_path(request: HttpRequest, methods: tuple[str, ...]) -> Answer:
    played = guess_api(request)
    if not methods:
        return Answer(_finish(replay(played, "unknown-path", request, {}), request, played), "unknown-path")
    allowed = ", ".join(methods)
    response = replay(played, "wrong-method", request, {"allowed": allowed})
    return Answer(
        _finish(replace(response, headers={**response.headers, "allow": allowed}), request, played), "wrong-method"
    )


def _finish(response: HttpResponse, request: HttpRequest, played: PlayedApi | None = None) -> HttpResponse:
    id_header = APIS[(played or guess_api(request)).api].id_header
    request_id = {id_header: request.id} if id_header else {}
    return replace(response, headers={**_JSON_TYPE, **request_id, **response.headers})
