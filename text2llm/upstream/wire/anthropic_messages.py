"""The API of ``/v1/messages``: Anthropic's, and the one that some other providers copy.

An OAuth or setup token goes into another header, with a beta of its own: the descriptor says so.

Source: pydantic/pydantic-ai tests/models/anthropic/cassettes; Anthropic's API reference.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.ask import PIXEL, PIXEL_TYPE, PROMPT, TOOL, TOOL_DESCRIPTION, Demand, no_arguments
from text2llm.upstream.wire.outcome import Invalid, Outcome, Success, Uncalled, check_model, find_error, is_count
from text2llm.upstream.wire.shape import Wire


def build_body(model: str, demand: Demand) -> dict[str, Any]:
    """The smallest message."""
    content: Any = PROMPT
    if demand.image:
        source = {"type": "base64", "media_type": PIXEL_TYPE, "data": PIXEL}
        content = [{"type": "image", "source": source}, {"type": "text", "text": PROMPT}]
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": content}]}
    if demand.tool:
        body |= {"tools": [{"name": TOOL, "description": TOOL_DESCRIPTION, "input_schema": no_arguments()}]}
        body |= {"tool_choice": {"type": "tool", "name": TOOL}}
    return body


def parse_body(body: Any, model: str, demand: Demand) -> Outcome:
    """A success is a message of the assistant with its count of tokens, from the model asked for."""
    error = find_error(body)
    if error is not None:
        return error
    return _find_gap(body) or check_model(body.get("model"), model) or _check_call(body, demand)


def _find_gap(body: dict[str, Any]) -> Invalid | None:
    """What a message lacks."""
    if body.get("type") != "message" or body.get("role") != "assistant":
        return Invalid("the answer is no message of an assistant")
    content = body.get("content")
    if not isinstance(content, list) or not all(isinstance(block, dict) for block in content):
        return Invalid("the message has no content")
    if not content and not isinstance(body.get("stop_reason"), str):
        return Invalid("the message is neither finished nor begun")
    usage = body.get("usage")
    if not isinstance(usage, dict) or not is_count(usage.get("output_tokens")):
        return Invalid("the message does not say how many tokens it took")
    return None


def _check_call(body: dict[str, Any], demand: Demand) -> Outcome:
    calls = (block.get("name") for block in body["content"] if block.get("type") == "tool_use")
    called = not demand.tool or TOOL in calls
    return Success() if called else Uncalled(cut=body.get("stop_reason") == "max_tokens")


WIRE = Wire(
    api="anthropic-messages",
    path="/v1/messages",
    max_tokens_field="max_tokens",
    auth_header="x-api-key",
    auth_prefix="",
    headers={"anthropic-version": "2023-06-01"},
    build_body=build_body,
    parse_body=parse_body,
)
