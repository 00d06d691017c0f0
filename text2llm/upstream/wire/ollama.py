"""Ollama's own API, ``/api/chat``. It needs no key, and knows no way to make a model call a tool but to ask.

Source: ollama/ollama docs/api.md, api/types.go.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.ask import PIXEL, PROMPT, TOOL_PROMPT, Demand, function_tool, has_function_call
from text2llm.upstream.wire.outcome import Invalid, Outcome, Success, Uncalled, check_model, find_error, is_count
from text2llm.upstream.wire.shape import Wire

_DONE = ("stop", "length")


def build_body(model: str, demand: Demand) -> dict[str, Any]:
    """The smallest chat, answered in one piece."""
    message: dict[str, Any] = {"role": "user", "content": TOOL_PROMPT if demand.tool else PROMPT}
    if demand.image:
        message["images"] = [PIXEL]
    body: dict[str, Any] = {"model": model, "messages": [message], "stream": False}
    if demand.tool:
        body["tools"] = [function_tool()]
    return body


def parse_body(body: Any, model: str, demand: Demand) -> Outcome:
    """A success is a message of the assistant that is done, from the model asked for.

    The message may be empty: a thinking model can spend all of its few tokens on that.
    """
    error = find_error(body)
    if error is not None:
        return error
    return _find_gap(body) or check_model(body.get("model"), model) or _check_call(body, demand)


def _find_gap(body: dict[str, Any]) -> Invalid | None:
    """What an answer lacks."""
    message = body.get("message")
    if not isinstance(message, dict) or message.get("role") != "assistant":
        return Invalid("the answer has no message of an assistant")
    if not isinstance(message.get("content", ""), str):
        return Invalid("the message has no content")
    # Versions before 0.2 do not say why.
    if body.get("done") is not True or body.get("done_reason", "stop") not in _DONE:
        return Invalid("the message is not done")
    if not is_count(body.get("eval_count")):
        return Invalid("the answer does not say how many tokens it took")
    return None


def _check_call(body: dict[str, Any], demand: Demand) -> Outcome:
    called = not demand.tool or has_function_call(body["message"].get("tool_calls"))
    return Success() if called else Uncalled(cut=body.get("done_reason") == "length")


WIRE = Wire(
    api="ollama",
    path="/api/chat",
    max_tokens_field="options.num_predict",
    auth_header="Authorization",
    auth_prefix="Bearer ",
    headers={},
    build_body=build_body,
    parse_body=parse_body,
)
