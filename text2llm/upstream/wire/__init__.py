"""The wire formats that can be probed, one small module per API. Pure.

An API that is not here is reported as such, without a request: ``openai-codex-responses`` needs an event stream.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from text2llm.auth.sources import Effective
from text2llm.net.json_body import MAX_JSON_BYTES, InvalidJson, parse_json
from text2llm.net.message import Request
from text2llm.providers.descriptor import HeaderAuth, Provider
from text2llm.upstream.params import MAX_OUTPUT, find_budget, merge_params
from text2llm.upstream.wire import (
    anthropic_messages,
    azure_openai,
    bedrock_converse,
    google_generative_ai,
    ollama,
    openai_completions,
    openai_responses,
)
from text2llm.upstream.wire.events import TruncatedStreamError, is_event_stream, read_events
from text2llm.upstream.wire.faults import find_error
from text2llm.upstream.wire.outcome import ErrorBody, Invalid, Outcome, Uncalled, read_name
from text2llm.upstream.wire.shape import CompletionCall, Wire

_CLOUD = (azure_openai, bedrock_converse)
_MODULES = (openai_completions, openai_responses, anthropic_messages, google_generative_ai, ollama, *_CLOUD)
WIRES: Mapping[str, Wire] = {module.WIRE.api: module.WIRE for module in _MODULES}
#: A tool call is some tokens long, and a reasoning model thinks before it.
_TOOL_TOKENS = 256
_TOKEN_MODES = frozenset({"oauth", "token"})


def find_form(provider: Provider | None, api: str, credential: Effective) -> HeaderAuth:
    """The header that carries a credential: the descriptor's, else the API's default."""
    wire = WIRES.get(api, openai_completions.WIRE)
    default = HeaderAuth(wire.auth_header, wire.auth_prefix + "{secret}", wire.headers)
    if provider is None or api not in {endpoint.api for endpoint in provider.endpoints}:
        return default
    value = credential.secret.reveal() if credential.secret is not None else ""
    known = provider.auth.header_for(value, is_token=credential.mode in _TOKEN_MODES)
    return default if known is None else HeaderAuth(known.header, known.format, {**wire.headers, **known.headers})


def build_completion(call: CompletionCall, max_tokens: int) -> Request:
    """The request for at most ``max_tokens`` tokens, or the minimum that the API or a tool call needs."""
    wire = WIRES[call.api]
    return Request(
        method="POST",
        origin=call.base.origin,
        path=call.base.path + _fill_path(call, wire),
        headers=tuple(({"content-type": "application/json"} | dict(call.headers)).items()),
        body=json.dumps(_build_body(call, wire, max_tokens), separators=(",", ":")).encode(),
    )


def find_limit(call: CompletionCall, max_tokens: int) -> int:
    """The output limit of a request: thinking counts as output, and a tool call needs some tokens."""
    wanted = max(max_tokens, call.min_tokens, _TOOL_TOKENS if call.tool else 1)
    return min(wanted + find_budget(call.params), MAX_OUTPUT)


def _build_body(call: CompletionCall, wire: Wire, max_tokens: int) -> dict[str, Any]:
    body = wire.build_body(call)
    if "stream" in body or (call.stream and wire.stream_path is None):
        body["stream"] = call.stream
    if call.max_tokens_field is not None:
        _put(body, call.max_tokens_field.split("."), find_limit(call, max_tokens))
    merge_params(body, call.params)
    return body


def _fill_path(call: CompletionCall, wire: Wire) -> str:
    path = wire.stream_path if call.stream and wire.stream_path is not None else call.path
    return path.replace("{model}", quote(call.model, safe=""))


def parse_completion(call: CompletionCall, raw: bytes) -> Outcome:
    """The outcome in the body of a 200, a stream too.

    A success is a finished completion that a model worked for, with the tool call if the call demands one. Its text may
    be empty: a reasoning model can spend all of its few tokens on thinking.
    """
    wire = WIRES[call.api]
    body = _read_body(wire, raw)
    fault = body if isinstance(body, ErrorBody | Invalid) else find_error(body) or wire.find_fault(body, call)
    if fault is not None:
        return fault
    return read_name(body.get(wire.model_key)) if not call.tool or wire.called(body) else Uncalled(cut=wire.cut(body))


def _read_body(wire: Wire, raw: bytes) -> Any:
    """The body, the events of a stream folded into the object that is otherwise sent at once."""
    whole = parse_json(raw, unique=True)
    in_lines = isinstance(whole, InvalidJson) and wire.lines and raw.lstrip().startswith(b"{") and b"\n" in raw.strip()
    if not isinstance(whole, InvalidJson) or len(raw) > MAX_JSON_BYTES or not (in_lines or is_event_stream(raw)):
        return Invalid(whole.reason) if isinstance(whole, InvalidJson) else whole
    events = read_events(raw, wire.is_event, lines=in_lines)
    if not isinstance(events, list):
        return events
    try:
        return wire.fold(events)
    except TruncatedStreamError:
        return Invalid("the stream stops before its end")


def _put(body: dict[str, Any], keys: list[str], value: int) -> None:
    for key in keys[:-1]:
        inner = body.get(key)
        body[key] = inner if isinstance(inner, dict) else {}
        body = body[key]
    body[keys[-1]] = value
