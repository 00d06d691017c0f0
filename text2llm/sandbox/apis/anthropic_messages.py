"""Anthropic's messages: https://docs.anthropic.com/en/api/messages."""

from __future__ import annotations

from text2llm.sandbox.apis.bearer import find_bearer
from text2llm.sandbox.apis.openai_completions import rename, streams
from text2llm.sandbox.apis.openai_responses import format_event
from text2llm.sandbox.values import Api, Call, Json, Mistake, Request, as_list, as_object, has

_OAUTH_BETA = "oauth-2025-04-20"
_REQUIRED: dict[str, type] = {"model": str, "max_tokens": int, "messages": list}


def _find_key(request: Request) -> str | None:
    return request.headers.get("x-api-key") or find_bearer(request)


def _find_header_mistake(request: Request) -> Mistake | None:
    """A token needs its beta's name, and every request its version.

    A space in the list of betas is refused: Aider-AI/aider:tests/fixtures/chat-history.md.
    """
    betas = request.headers.get("anthropic-beta", "").split(",")
    spaced = next((beta for beta in betas if beta != beta.strip()), None)
    if not request.headers.get("x-api-key") and _OAUTH_BETA not in (beta.strip() for beta in betas):
        return Mistake("no-oauth-beta")
    if spaced is not None:
        return Mistake("bad-beta", {"value": spaced})
    return None if request.headers.get("anthropic-version") else Mistake("missing-version")


def _find_mistake(call: Call) -> Mistake | None:
    absent = (
        Mistake("missing-field", {"field": name}) for name, kind in _REQUIRED.items() if not has(call.body, name, kind)
    )
    return next(absent, None)


def _find_tool(body: Json) -> str | None:
    names = [str(tool.get("name")) for tool in as_list(body.get("tools"))]
    choice = as_object(body.get("tool_choice"))
    if choice.get("type") == "tool" and choice.get("name") in names:
        return str(choice["name"])
    return names[0] if names and choice.get("type") == "any" else None


def _find_images(body: Json) -> list[str]:
    parts = (part for message in as_list(body.get("messages")) for part in as_list(message.get("content")))
    sources = (as_object(part.get("source")) for part in parts if part.get("type") == "image")
    return [str(source.get("data", "")) for source in sources]


def _complete(call: Call) -> Json:
    tool, number = _find_tool(call.body), call.request.id
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


def _think(message: Json) -> Json:
    usage = {**message["usage"], "output_tokens": 8}
    return {**message, "content": [], "stop_reason": "max_tokens", "usage": usage}


def _hollow(message: Json) -> Json:
    return {name: value for name, value in message.items() if name != "content"}


def _stream(message: Json) -> bytes:
    """The events of https://docs.anthropic.com/en/docs/build-with-claude/streaming."""
    begun = {**message, "content": [], "stop_reason": None, "usage": {**message["usage"], "output_tokens": 1}}
    ended = {"stop_reason": message["stop_reason"], "stop_sequence": message["stop_sequence"]}
    events: list[Json] = [
        {"type": "message_start", "message": begun},
        {"type": "ping"},
        *(event for index, block in enumerate(message.get("content", ())) for event in _block_events(index, block)),
        {"type": "message_delta", "delta": ended, "usage": {"output_tokens": message["usage"]["output_tokens"]}},
        {"type": "message_stop"},
    ]
    return b"".join(map(format_event, events))


def _block_events(index: int, block: Json) -> list[Json]:
    start: Json = {**block, "text": ""}
    delta: Json = {"type": "text_delta", "text": block.get("text")}
    if block["type"] == "tool_use":
        start, delta = block, {"type": "input_json_delta", "partial_json": "{}"}
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        {"type": "content_block_delta", "index": index, "delta": delta},
        {"type": "content_block_stop", "index": index},
    ]


API = Api(
    name="anthropic-messages",
    id_header="request-id",
    find_key=_find_key,
    find_header_mistake=_find_header_mistake,
    find_mistake=_find_mistake,
    find_tool=_find_tool,
    find_images=_find_images,
    complete=_complete,
    think=_think,
    hollow=_hollow,
    rename=rename,
    streams=streams,
    stream=_stream,
)
