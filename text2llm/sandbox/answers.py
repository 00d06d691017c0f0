"""From a request to a reply: what is wrong with its path, its key or its body comes first, as in the real APIs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import NamedTuple

from text2llm.sandbox.apis import APIS
from text2llm.sandbox.behaviours import BEHAVIOURS, ELSEWHERE, play
from text2llm.sandbox.exchange import Exchange, World, cast
from text2llm.sandbox.oauth.provider import answer_login
from text2llm.sandbox.oauth.visit import Visit, read_terms
from text2llm.sandbox.payloads import Voice, replay
from text2llm.sandbox.providers import base_paths, find_endpoints, guess_voice
from text2llm.sandbox.values import Reply, Request

_JSON_TYPE = {"content-type": "application/json"}


class Answer(NamedTuple):
    """A reply, and the behaviour that it comes of."""

    reply: Reply
    behaviour: str


def answer(request: Request, world: World) -> Answer:
    """The reply to a request."""
    visit = Visit(request, world.origin, world.ledger, read_terms(world.scenario.oauth), BEHAVIOURS)
    reply = answer_login(visit)
    if reply is not None:
        return Answer(reply, "login")
    return _answer_around(request, world) or _answer_provider(request, world)


def refuse_large(request: Request) -> Answer:
    """The reply to a body that is larger than the sandbox reads."""
    return Answer(_finish(replay(guess_voice(request), "too-large", request, {}), request), "too-large")


def _answer_around(request: Request, world: World) -> Answer | None:
    """What is no provider's: the way in for people with a browser, and the end of a redirect."""
    if request.path == ELSEWHERE:
        return Answer(Reply(200, b"{}", _JSON_TYPE), "elsewhere")
    if request.path != "/" or request.method != "GET":
        return None
    places = (
        {"provider": voice.provider, "api": voice.api, "baseUrl": world.origin + path} for voice, path in base_paths()
    )
    body = {"name": "text2llm sandbox", "issuer": world.origin, "providers": list(places)}
    return Answer(Reply(200, json.dumps(body, indent=2).encode(), _JSON_TYPE), "home")


def _answer_provider(request: Request, world: World) -> Answer:
    found = find_endpoints(request)
    endpoint = found.endpoints.get(request.method)
    if endpoint is None:
        return _refuse_path(request, tuple(found.endpoints))
    exchange = Exchange(request, endpoint, found.model, world)
    part = cast(exchange, BEHAVIOURS)
    name = part.role.name
    if endpoint.tokens and exchange.request.headers.get("x-api-key"):
        name = "unknown-key"
    if name in BEHAVIOURS:
        exchange.role = part.role
        reply = play(exchange)
    else:
        reply = exchange.replay(name)
    reply = replace(reply, delay=reply.delay + part.latency)
    return Answer(_finish(reply, request, endpoint.voice), name)


def _refuse_path(request: Request, methods: tuple[str, ...]) -> Answer:
    voice = guess_voice(request)
    if not methods:
        return Answer(_finish(replay(voice, "unknown-path", request, {}), request, voice), "unknown-path")
    allowed = ", ".join(methods)
    reply = replay(voice, "wrong-method", request, {"allowed": allowed})
    return Answer(_finish(replace(reply, headers={**reply.headers, "allow": allowed}), request, voice), "wrong-method")


def _finish(reply: Reply, request: Request, voice: Voice | None = None) -> Reply:
    id_header = APIS[(voice or guess_voice(request)).api].id_header
    number = {id_header: request.id} if id_header else {}
    return replace(reply, headers={**_JSON_TYPE, **number, **reply.headers})
