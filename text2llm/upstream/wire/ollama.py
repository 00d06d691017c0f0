"""Ollama's own API, ``/api/chat``. It needs no key, and cannot force a tool call: the prompt asks for it.

Source: ollama/ollama docs/api.md, api/types.go.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.events import TruncatedStreamError, merge_deltas, objects
from text2llm.upstream.wire.outcome import Invalid, check_work, is_written, read_usage
from text2llm.upstream.wire.shape import (
    FUNCTION_TOOL,
    PIXEL,
    TOOL_PROMPT,
    CompletionCall,
    Wire,
    has_function_call,
)

_DONE = ("stop", "length")
#: The fields of a message that a model writes.
_WRITTEN = ("content", "thinking", "tool_calls")


def _build_body(call: CompletionCall) -> dict[str, Any]:
    prompt = f"{TOOL_PROMPT} {call.nonce}".strip() if call.tool else call.prompt
    message: dict[str, Any] = {"role": "user", "content": prompt}
    if call.image:
        message["images"] = [PIXEL]
    body: dict[str, Any] = {"model": call.model, "messages": [message], "stream": False}
    if call.tool:
        body["tools"] = [FUNCTION_TOOL]
    return body


def _find_fault(body: dict[str, Any], _call: CompletionCall) -> Invalid | None:
    message, reason = body.get("message"), body.get("done_reason", "stop")
    if not isinstance(message, dict) or message.get("role") != "assistant":
        return Invalid("the response has no assistant message")
    if not isinstance(message.get("content", ""), str):
        return Invalid("the message has no content")
    # Versions before 0.2 send no done_reason.
    if body.get("done") is not True or reason not in _DONE:
        return Invalid("the message is not done")
    usage = read_usage(body, ("prompt_eval_count",), ("eval_count",))
    return check_work(
        usage, generated=any(is_written(message.get(name)) for name in _WRITTEN), ended_early=reason == "length"
    )


def _fold(events: list[Any]) -> dict[str, Any]:
    """The last line, with the text of all."""
    lines, message = objects(events), dict[str, Any]()
    for line in lines:
        merge_deltas(message, line["message"] if isinstance(line.get("message"), dict) else {})
    if not lines or [line for line in lines if line.get("done") is True] != lines[-1:]:
        raise TruncatedStreamError
    return {**lines[-1], "message": message}


WIRE = Wire(
    api="ollama",
    path="/api/chat",
    build_body=_build_body,
    find_fault=_find_fault,
    is_event=lambda event: isinstance(event.get("message"), dict) or isinstance(event.get("done"), bool),
    fold=_fold,
    lines=True,
    called=lambda body: has_function_call(body["message"].get("tool_calls")),
    cut=lambda body: body.get("done_reason") == "length",
    max_tokens_field="options.num_predict",
)
