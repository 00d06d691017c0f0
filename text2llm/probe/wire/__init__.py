"""The wire formats that can be probed, one small module an API. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from text2llm.net.message import Request
from text2llm.probe.call import Call
from text2llm.probe.wire import anthropic_messages, openai_completions
from text2llm.probe.wire.shape import Wire

WIRES: Mapping[str, Wire] = {wire.api: wire for wire in (openai_completions.WIRE, anthropic_messages.WIRE)}


def build_request(call: Call, max_tokens: int) -> Request:
    """The request of a call that asks for at most ``max_tokens`` tokens, or as few as the API allows."""
    body = WIRES[call.api].build_body(call.model)
    if call.max_tokens_field is not None:
        _put(body, call.max_tokens_field.split("."), max(max_tokens, call.min_tokens))
    path = call.path.replace("{model}", quote(call.model, safe=""))
    return Request(
        method="POST",
        origin=call.base.origin,
        path=call.base.path + path,
        headers=tuple(({"content-type": "application/json"} | dict(call.headers)).items()),
        body=json.dumps(body, separators=(",", ":")).encode(),
    )


def _put(body: dict[str, Any], keys: list[str], value: int) -> None:
    for key in keys[:-1]:
        body = body.setdefault(key, {})
    body[keys[-1]] = value
