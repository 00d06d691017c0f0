"""The API of ``/v1/messages``: Anthropic's, and the one that some other providers copy.

An OAuth or setup token is sent in another header, with its own beta: the descriptor has both.

Source: pydantic/pydantic-ai tests/models/anthropic/cassettes; Anthropic's API reference.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.outcome import Invalid, is_count
from text2llm.upstream.wire.shape import (
    NO_ARGUMENTS,
    PIXEL,
    PIXEL_TYPE,
    PROMPT,
    TOOL,
    TOOL_DESCRIPTION,
    CompletionCall,
    Wire,
)


def _build_body(call: CompletionCall) -> dict[str, Any]:
    content: Any = PROMPT
    if call.image:
        source = {"type": "base64", "media_type": PIXEL_TYPE, "data": PIXEL}
        content = [{"type": "image", "source": source}, {"type": "text", "text": PROMPT}]
    body: dict[str, Any] = {"model": call.model, "messages": [{"role": "user", "content": content}]}
    if call.tool:
        body |= {"tools": [{"name": TOOL, "description": TOOL_DESCRIPTION, "input_schema": NO_ARGUMENTS}]}
        body |= {"tool_choice": {"type": "tool", "name": TOOL}}
    return body


def _find_fault(body: dict[str, Any], _call: CompletionCall) -> Invalid | None:
    if body.get("type") != "message" or body.get("role") != "assistant":
        return Invalid("the response is not an assistant message")
    content = body.get("content")
    if not isinstance(content, list) or not all(isinstance(block, dict) for block in content):
        return Invalid("the message has no content")
    if not content and not isinstance(body.get("stop_reason"), str):
        return Invalid("the message is neither finished nor begun")
    usage = body.get("usage")
    if not isinstance(usage, dict) or not is_count(usage.get("output_tokens")):
        return Invalid("the message has no token count")
    return None


def _called(body: dict[str, Any]) -> bool:
    return any(block.get("type") == "tool_use" and block.get("name") == TOOL for block in body["content"])


WIRE = Wire(
    api="anthropic-messages",
    path="/v1/messages",
    build_body=_build_body,
    find_fault=_find_fault,
    called=_called,
    cut=lambda body: body.get("stop_reason") == "max_tokens",
    auth_header="x-api-key",
    auth_prefix="",
    headers={"anthropic-version": "2023-06-01"},
)
