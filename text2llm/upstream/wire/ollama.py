"""Ollama's own API, ``/api/chat``. It needs no key, and cannot force a tool call: the prompt asks for it.

Source: ollama/ollama docs/api.md, api/types.go.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.outcome import Invalid, is_count
from text2llm.upstream.wire.shape import (
    FUNCTION_TOOL,
    PIXEL,
    PROMPT,
    TOOL_PROMPT,
    CompletionCall,
    Wire,
    has_function_call,
)

_DONE = ("stop", "length")


def _build_body(call: CompletionCall) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "user", "content": TOOL_PROMPT if call.tool else PROMPT}
    if call.image:
        message["images"] = [PIXEL]
    body: dict[str, Any] = {"model": call.model, "messages": [message], "stream": False}
    if call.tool:
        body["tools"] = [FUNCTION_TOOL]
    return body


def _find_fault(body: dict[str, Any], _call: CompletionCall) -> Invalid | None:
    message = body.get("message")
    if not isinstance(message, dict) or message.get("role") != "assistant":
        return Invalid("the response has no assistant message")
    if not isinstance(message.get("content", ""), str):
        return Invalid("the message has no content")
    # Versions before 0.2 send no done_reason.
    if body.get("done") is not True or body.get("done_reason", "stop") not in _DONE:
        return Invalid("the message is not done")
    if not is_count(body.get("eval_count")):
        return Invalid("the response has no token count")
    return None


WIRE = Wire(
    api="ollama",
    path="/api/chat",
    build_body=_build_body,
    find_fault=_find_fault,
    called=lambda body: has_function_call(body["message"].get("tool_calls")),
    cut=lambda body: body.get("done_reason") == "length",
    max_tokens_field="options.num_predict",
    params_in="options",
    params_beside=frozenset({"options", "think", "keep_alive", "truncate"}),
)
