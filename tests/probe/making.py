"""What the tests of probes are made of: configs from text, calls, answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from text2llm.auth.credentials import AuthStore
from text2llm.auth.reading import Reading
from text2llm.auth.store import parse_store
from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.net.message import Response, SecretHeader
from text2llm.probe.result import ProbeOptions, ProbeSource, ProbeSubject
from text2llm.probe.targets import ProbeTarget, find_targets
from text2llm.providers.registry import load_registry
from text2llm.secret import Secret
from text2llm.trust.bindings import CredentialKind, CredentialName, NamedSecret
from text2llm.trust.origin import parse_base_url
from text2llm.upstream.wire import WIRES
from text2llm.upstream.wire.shape import CompletionCall

NOW = 1_800_000_000_000


def view(config: str, store: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Reading:
    registry = load_registry()
    built = build_config(read_document("text2llm.yaml", config.encode()), {})
    stored = AuthStore() if store is None else parse_store(json.dumps({"version": 1, **store}).encode(), "store")
    return Reading(built, stored, environ or {}, registry, NOW)


def granted(origin: str, *names: str) -> dict[str, str]:
    """The variable by which a person lets credentials go to an origin."""
    return {"TEXT2LLM_TRUSTED_ORIGINS": " ".join(f"{name}={origin}" for name in names)}


def targets(
    config: str,
    store: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    options: ProbeOptions | None = None,
) -> tuple[ProbeTarget, ...]:
    return find_targets(view(config, store, environ), options or ProbeOptions())


def only_call(
    config: str, store: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> CompletionCall:
    (target,) = targets(config, store, environ)
    assert isinstance(target.call, CompletionCall), target.call
    return target.call


def make_call(
    api: str, model: str = "m1", *, url: str = "http://127.0.0.1:1", key: str = "sandbox-ok"
) -> CompletionCall:
    wire = WIRES[api]
    named = NamedSecret(CredentialName(CredentialKind.ENV, "LAB_API_KEY"), Secret(key))
    header = SecretHeader(wire.auth_header, wire.auth_prefix, named)
    base = parse_base_url(url)
    return CompletionCall("lab", api, model, base, wire.path, wire.max_tokens_field, 1, wire.headers, (header,))


def make_target(call: CompletionCall, label: str = "LAB_API_KEY") -> ProbeTarget:
    return ProbeTarget(ProbeSubject("lab", f"lab/{call.model}", label, ProbeSource.ENV, "api_key"), call)


def respond(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, headers or {}, data, 5)


def completion(model: str | None = "m1", **changes: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": "pong"}, "finish_reason": "stop"}
    return {"id": "1", "object": "chat.completion", "model": model, "choices": [choice]} | changes


def message(model: str | None = "m1", **changes: Any) -> dict[str, Any]:
    content = [{"type": "text", "text": "pong"}]
    usage = {"input_tokens": 1, "output_tokens": 1}
    base = {"type": "message", "role": "assistant", "model": model, "content": content}
    return base | {"stop_reason": "end_turn", "usage": usage} | changes


def response(model: str | None = "m1", **changes: Any) -> dict[str, Any]:
    output = [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "pong"}]}]
    usage = {"input_tokens": 1, "output_tokens": 1}
    base = {"id": "1", "object": "response", "status": "completed", "error": None, "incomplete_details": None}
    return base | {"model": model, "output": output, "usage": usage} | changes


def content(model: str | None = "m1", **changes: Any) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": [{"text": "pong"}]}, "finishReason": "STOP", "index": 0}
    usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model} | changes


def chat(model: str | None = "m1", **changes: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": "pong"}
    base = {"model": model, "created_at": "2026-01-01T00:00:00Z", "message": said, "done": True}
    return base | {"done_reason": "stop", "eval_count": 1} | changes


def converse(model: str | None = None, **changes: Any) -> dict[str, Any]:
    """A success of Bedrock, which names no model; a gateway before it may."""
    said = {"message": {"role": "assistant", "content": [{"text": "pong"}]}}
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    base = {"output": said, "stopReason": "end_turn", "usage": usage, "metrics": {"latencyMs": 1}}
    return base | ({} if model is None else {"model": model}) | changes


#: A success of each wire format that can be probed.
SUCCESSES = {
    "openai-completions": completion,
    "openai-responses": response,
    "anthropic-messages": message,
    "google-generative-ai": content,
    "ollama": chat,
    "azure-openai": completion,
    "bedrock-converse": converse,
}
