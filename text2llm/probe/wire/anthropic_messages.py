"""The API of ``/v1/messages``: Anthropic's, and the one that some other providers copy.

Source: pydantic/pydantic-ai tests/models/anthropic/cassettes; Anthropic's API reference.
"""

from __future__ import annotations

from typing import Any

from text2llm.probe.wire.outcome import Invalid, Outcome, Success, check_model, find_error
from text2llm.probe.wire.shape import Wire

PROMPT = "ping"


def build_body(model: str) -> dict[str, Any]:
    """The smallest message."""
    return {"model": model, "messages": [{"role": "user", "content": PROMPT}]}


def parse_body(body: Any, model: str) -> Outcome:
    """A success is a message of the assistant with its count of tokens, from the model asked for."""
    error = find_error(body)
    if error is not None:
        return error
    if body.get("type") != "message" or body.get("role") != "assistant":
        return Invalid("the answer is no message of an assistant")
    if not isinstance(body.get("content"), list):
        return Invalid("the message has no content")
    if not body["content"] and not isinstance(body.get("stop_reason"), str):
        return Invalid("the message is neither finished nor begun")
    usage = body.get("usage")
    if not isinstance(usage, dict) or not isinstance(usage.get("output_tokens"), int):
        return Invalid("the message does not say how many tokens it took")
    return check_model(body, model) or Success()


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
