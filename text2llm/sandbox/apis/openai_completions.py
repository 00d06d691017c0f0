"""OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat/object."""

from __future__ import annotations

from text2llm.sandbox.apis.bearer import find_bearer
from text2llm.sandbox.values import Api, Json, Mistake, Request, has

_CREATED = 1767225600  # a fixed past date: the sandbox gives the same answer to the same question


def _find_mistake(request: Request, body: Json) -> Mistake | None:
    if request.method == "GET":
        return None
    if not has(body, "model", str):
        return Mistake("missing-model", {})
    if not has(body, "messages", list):
        return Mistake("missing-field", {"field": "messages"})
    return Mistake("no-streaming", {}) if body.get("stream") else None


def _complete(model: str, request_id: str) -> Json:
    message: Json = {"role": "assistant", "content": "pong", "refusal": None, "annotations": []}
    return {
        "id": f"chatcmpl-{request_id}",
        "object": "chat.completion",
        "created": _CREATED,
        "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 8, "completion_tokens": 1, "total_tokens": 9},
        "service_tier": "default",
        "system_fingerprint": None,
    }


def _think(completion: Json) -> Json:
    choice = completion["choices"][0]
    silent = {**choice, "message": {**choice["message"], "content": ""}, "finish_reason": "length"}
    usage = {
        "prompt_tokens": 8,
        "completion_tokens": 8,
        "total_tokens": 16,
        "completion_tokens_details": {"reasoning_tokens": 8},
    }
    return {**completion, "choices": [silent], "usage": usage}


def _hollow(completion: Json) -> Json:
    return {**completion, "choices": []}


def _listing() -> Json:
    names = ("gpt-5.2", "gpt-5-mini", "gpt-5-nano")
    rows = [{"id": name, "object": "model", "created": _CREATED, "owned_by": "system"} for name in names]
    return {"object": "list", "data": rows}


API = Api(
    name="openai-completions",
    completion_path="/v1/chat/completions",
    id_header="x-request-id",
    find_key=find_bearer,
    find_mistake=_find_mistake,
    complete=_complete,
    think=_think,
    hollow=_hollow,
    listing=_listing,
)
