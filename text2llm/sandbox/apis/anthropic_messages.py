"""Anthropic's messages: https://docs.anthropic.com/en/api/messages."""

from __future__ import annotations

from text2llm.sandbox.apis.bearer import find_bearer
from text2llm.sandbox.values import Api, Json, Mistake, Request, has

_OAUTH_BETA = "oauth-2025-04-20"
_REQUIRED: dict[str, type] = {"model": str, "max_tokens": int, "messages": list}


def _find_key(request: Request) -> str | None:
    return request.headers.get("x-api-key") or find_bearer(request)


def _find_mistake(request: Request, body: Json) -> Mistake | None:
    if not request.headers.get("x-api-key") and _OAUTH_BETA not in request.headers.get("anthropic-beta", ""):
        return Mistake("no-oauth-beta", {})
    if not request.headers.get("anthropic-version"):
        return Mistake("missing-version", {})
    if request.method == "GET":
        return None
    for field, kind in _REQUIRED.items():
        if not has(body, field, kind):
            return Mistake("missing-field", {"field": field})
    return Mistake("no-streaming", {}) if body.get("stream") else None


def _complete(model: str, request_id: str) -> Json:
    return {
        "id": f"msg_{request_id}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": "pong"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 8, "output_tokens": 1, "service_tier": "standard"},
    }


def _think(message: Json) -> Json:
    usage = {**message["usage"], "output_tokens": 8}
    return {**message, "content": [], "stop_reason": "max_tokens", "usage": usage}


def _hollow(message: Json) -> Json:
    return {name: value for name, value in message.items() if name != "content"}


def _listing() -> Json:
    names = {"claude-opus-4-5": "Claude Opus 4.5", "claude-haiku-4-5": "Claude Haiku 4.5"}
    rows = [
        {"type": "model", "id": name, "display_name": label, "created_at": "2026-01-01T00:00:00Z"}
        for name, label in names.items()
    ]
    return {"data": rows, "has_more": False, "first_id": rows[0]["id"], "last_id": rows[-1]["id"]}


API = Api(
    name="anthropic-messages",
    completion_path="/v1/messages",
    id_header="request-id",
    find_key=_find_key,
    find_mistake=_find_mistake,
    complete=_complete,
    think=_think,
    hollow=_hollow,
    listing=_listing,
)
