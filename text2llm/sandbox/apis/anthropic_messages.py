"""Anthropic's messages: https://docs.anthropic.com/en/api/messages."""

from __future__ import annotations

import json

from text2llm.sandbox.apis.base import Api, as_list, as_object, choose_tool, find_bearer, format_event, has, split_text
from text2llm.sandbox.values import HttpRequest, Json, Mistake, ParsedCall

_OAUTH_BETA = "oauth-2025-04-20"
_REQUIRED: dict[str, type] = {"model": str, "max_tokens": int, "messages": list}


class AnthropicMessages(Api):
    name = "anthropic-messages"
    id_header = "request-id"

    def find_key(self, request: HttpRequest) -> str | None:
        return request.headers.get("x-api-key") or find_bearer(request)

    def find_header_mistake(self, request: HttpRequest, *, is_token: bool) -> Mistake | None:
        """A login's token needs its beta header, and every request the version.

        A key may be sent as a bearer token, as the Python SDK does since 2.0. A space in the list of betas is
        rejected: Aider-AI/aider:tests/fixtures/chat-history.md.
        """
        spaced = next((beta for beta in _list_betas(request) if beta != beta.strip()), None)
        if is_token and not request.headers.get("x-api-key") and not is_login(request):
            return Mistake("no-oauth-beta")
        if spaced is not None:
            return Mistake("bad-beta", {"value": spaced})
        return None if request.headers.get("anthropic-version") else Mistake("missing-version")

    def find_mistake(self, call: ParsedCall) -> Mistake | None:
        missing = next((name for name, kind in _REQUIRED.items() if not has(call.body, name, kind)), None)
        return None if missing is None else Mistake("missing-field", {"field": missing})

    def find_tool(self, body: Json) -> str | None:
        names = [str(tool.get("name")) for tool in as_list(body.get("tools"))]
        choice = as_object(body.get("tool_choice"))
        named = choice.get("name") if choice.get("type") == "tool" else None
        return choose_tool(names, named, required=choice.get("type") == "any")

    def find_images(self, body: Json) -> list[str]:
        parts = (part for message in as_list(body.get("messages")) for part in as_list(message.get("content")))
        sources = (as_object(part.get("source")) for part in parts if part.get("type") == "image")
        return [str(source.get("data", "")) for source in sources]

    def complete(self, call: ParsedCall) -> Json:
        tool, number = self.find_tool(call.body), call.request.id
        block: Json = {"type": "text", "text": "pong"}
        if tool:
            block = {"type": "tool_use", "id": f"toolu_{number}", "name": tool, "input": {}}
        return {
            "id": f"msg_{number}",
            "type": "message",
            "role": "assistant",
            "model": call.model,
            "content": [block],
            "stop_reason": "tool_use" if tool else "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 8, "output_tokens": 1, "service_tier": "standard"},
        }

    def think(self, response: Json) -> Json:
        usage = {**response["usage"], "output_tokens": 8}
        return {**response, "content": [], "stop_reason": "max_tokens", "usage": usage}

    def strip_content(self, response: Json) -> Json:
        return {name: value for name, value in response.items() if name != "content"}

    def stream(self, response: Json, _call: ParsedCall) -> bytes:
        """The events of https://docs.anthropic.com/en/docs/build-with-claude/streaming."""
        begun = {**response, "content": [], "stop_reason": None, "usage": {**response["usage"], "output_tokens": 1}}
        ended = {"stop_reason": response["stop_reason"], "stop_sequence": response["stop_sequence"]}
        events: list[Json] = [
            {"type": "message_start", "message": begun},
            {"type": "ping"},
            *(
                event
                for index, block in enumerate(response.get("content", ()))
                for event in _block_events(index, block)
            ),
            {"type": "message_delta", "delta": ended, "usage": {"output_tokens": response["usage"]["output_tokens"]}},
            {"type": "message_stop"},
        ]
        return b"".join(map(format_event, events))

    def stream_error(self, error: Json) -> bytes:
        return format_event({"type": "error", **error})


def is_login(request: HttpRequest) -> bool:
    """Whether the request says that its bearer token is a login's."""
    named = _OAUTH_BETA in (beta.strip() for beta in _list_betas(request))
    return named and not request.headers.get("x-api-key")


def _list_betas(request: HttpRequest) -> list[str]:
    return request.headers.get("anthropic-beta", "").split(",")


def _block_events(index: int, block: Json) -> list[Json]:
    start, deltas = _open_block(block)
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def _open_block(block: Json) -> tuple[Json, list[Json]]:
    """A block as it begins, and the deltas that fill it."""
    if block["type"] == "tool_use":
        return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": json.dumps(block["input"])}]
    name = block["type"]  # text or thinking
    deltas: list[Json] = [{"type": f"{name}_delta", name: part} for part in split_text(block[name])]
    if "signature" in block:
        return {**block, name: "", "signature": ""}, [
            *deltas,
            {"type": "signature_delta", "signature": block["signature"]},
        ]
    return {**block, name: ""}, deltas
