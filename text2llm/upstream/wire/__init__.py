"""The wire formats that can be probed, one small module an API. Pure.

An API that is not here is named as such and never asked. What the missing ones need: ``azure-openai`` a deployment in
the path, ``openai-codex-responses`` an event stream, ``github-copilot`` an exchange of tokens before the request, and
``bedrock-converse`` a signature over it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from text2llm.auth.sources import Effective
from text2llm.net.message import Request
from text2llm.providers.descriptor import HeaderAuth, Provider
from text2llm.upstream.call import Call
from text2llm.upstream.wire import (
    anthropic_messages,
    google_generative_ai,
    ollama,
    openai_completions,
    openai_responses,
)
from text2llm.upstream.wire.ask import Demand
from text2llm.upstream.wire.outcome import Outcome
from text2llm.upstream.wire.shape import Wire

_MODULES = (openai_completions, openai_responses, anthropic_messages, google_generative_ai, ollama)
WIRES: Mapping[str, Wire] = {module.WIRE.api: module.WIRE for module in _MODULES}
#: A call of a tool is some tokens long, and a reasoning model thinks before it.
_TOOL_TOKENS = 256
_TOKEN_MODES = frozenset({"oauth", "token"})


def find_form(provider: Provider | None, api: str, credential: Effective) -> HeaderAuth:
    """How a credential travels: as the descriptor says, else as the API usually wants it."""
    wire = WIRES.get(api, openai_completions.WIRE)
    usual = HeaderAuth(wire.auth_header, wire.auth_prefix + "{secret}", wire.headers)
    if provider is None or api not in {endpoint.api for endpoint in provider.endpoints}:
        return usual
    value = credential.secret.reveal() if credential.secret is not None else ""
    known = provider.auth.header_for(value, is_token=credential.mode in _TOKEN_MODES)
    return usual if known is None else HeaderAuth(known.header, known.format, {**wire.headers, **known.headers})


def build_request(call: Call, max_tokens: int) -> Request:
    """The request of a call that asks for at most ``max_tokens`` tokens, or as few as the API or a tool allows."""
    body = WIRES[call.api].build_body(call.model, _demand(call))
    if call.max_tokens_field is not None:
        least = max(call.min_tokens, _TOOL_TOKENS if call.tool else 1)
        _put(body, call.max_tokens_field.split("."), max(max_tokens, least))
    path = call.path.replace("{model}", quote(call.model, safe=""))
    return Request(
        method="POST",
        origin=call.base.origin,
        path=call.base.path + path,
        headers=tuple(({"content-type": "application/json"} | dict(call.headers)).items()),
        body=json.dumps(body, separators=(",", ":")).encode(),
    )


def parse_answer(call: Call, body: Any) -> Outcome:
    """What the JSON of a 200 says about a call: a success only when it holds all that the call demands."""
    return WIRES[call.api].parse_body(body, call.model, _demand(call))


def _demand(call: Call) -> Demand:
    return Demand(image=call.image, tool=call.tool)


def _put(body: dict[str, Any], keys: list[str], value: int) -> None:
    for key in keys[:-1]:
        body = body.setdefault(key, {})
    body[keys[-1]] = value
