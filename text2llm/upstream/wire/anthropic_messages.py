"""The API of ``/v1/messages``: Anthropic's, and the one that some other providers copy.

An OAuth or setup token is sent in another header, with its own beta: the descriptor has both.

Source: pydantic/pydantic-ai tests/models/anthropic/cassettes; Anthropic's API reference.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.ends import is_early, is_end
from text2llm.upstream.wire.events import TruncatedStreamError, last_values, merge_deltas, objects
from text2llm.upstream.wire.outcome import Invalid, Outcome, check_work, end_error, is_written, read_usage
from text2llm.upstream.wire.shape import (
    NO_ARGUMENTS,
    PIXEL,
    PIXEL_TYPE,
    TOOL,
    TOOL_DESCRIPTION,
    CompletionCall,
    Wire,
)

#: What a model writes in a block; ``data`` is encrypted thinking.
_WRITTEN = ("text", "thinking", "signature", "data", "partial_json")
#: A call of a tool names it.
_CALLS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
_PROMPT_TOKENS = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


def _build_body(call: CompletionCall) -> dict[str, Any]:
    content: Any = call.prompt
    if call.image:
        source = {"type": "base64", "media_type": PIXEL_TYPE, "data": PIXEL}
        content = [{"type": "image", "source": source}, {"type": "text", "text": call.prompt}]
    body: dict[str, Any] = {"model": call.model, "messages": [{"role": "user", "content": content}]}
    if call.tool:
        body |= {"tools": [{"name": TOOL, "description": TOOL_DESCRIPTION, "input_schema": NO_ARGUMENTS}]}
        body |= {"tool_choice": {"type": "tool", "name": TOOL}}
    return body


def _find_fault(body: dict[str, Any], _call: CompletionCall) -> Outcome | None:
    if body.get("type") != "message" or body.get("role") != "assistant":
        return Invalid("the response is not an assistant message")
    content, stop = body.get("content"), body.get("stop_reason")
    if not isinstance(content, list) or not all(isinstance(block, dict) for block in content):
        return Invalid("the message has no content")
    if not isinstance(stop, str) and not any(map(_is_generated, content)):
        return Invalid("the message is neither finished nor begun")
    if not is_end(stop):
        return end_error(str(stop))
    usage = read_usage(body.get("usage"), _PROMPT_TOKENS, ("output_tokens",))
    return check_work(usage, generated=any(map(_is_generated, content)), ended_early=is_early(stop))


def _is_generated(block: dict[str, Any]) -> bool:
    """Whether a block has text or thinking, encrypted too, or calls a tool."""
    called = str(block.get("type")) in _CALLS and is_written(block.get("name"))
    return called or any(is_written(block.get(name)) for name in _WRITTEN)


def _fold(events: list[Any]) -> dict[str, Any]:
    """The message of the first event, with the blocks and the end that the others add."""
    known = objects(events)
    started = [event["message"] for event in known if isinstance(event.get("message"), dict)]
    changes = [event for event in known if event.get("type") == "message_delta"]
    ends = last_values([event["delta"] for event in changes if isinstance(event.get("delta"), dict)], "stop_reason")
    if not started or not (ends or any(event.get("type") == "message_stop" for event in known)):
        raise TruncatedStreamError
    counts = [part["usage"] for part in (*started, *changes) if isinstance(part.get("usage"), dict)]
    usage = {name: count for part in counts for name, count in part.items() if count is not None}
    return {
        **started[0],
        **ends,
        "content": [*objects(started[0].get("content")), *_fold_blocks(known)],
        "usage": usage,
    }


def _fold_blocks(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    blocks: dict[Any, dict[str, Any]] = {}
    for event in events:
        part = event.get("content_block", event.get("delta"))
        if str(event.get("type")).startswith("content_block_") and isinstance(part, dict):
            kept = {name: value for name, value in part.items() if name != "type" or "content_block" in event}
            merge_deltas(blocks.setdefault(str(event.get("index")), {}), kept)
    return list(blocks.values())


def _called(body: dict[str, Any]) -> bool:
    return any(block.get("type") == "tool_use" and block.get("name") == TOOL for block in body["content"])


WIRE = Wire(
    api="anthropic-messages",
    path="/v1/messages",
    build_body=_build_body,
    find_fault=_find_fault,
    is_event=lambda event: str(event.get("type")).startswith(("message_", "content_block_")),
    fold=_fold,
    called=_called,
    cut=lambda body: body.get("stop_reason") == "max_tokens",
    auth_header="x-api-key",
    auth_prefix="",
    headers={"anthropic-version": "2023-06-01"},
)
