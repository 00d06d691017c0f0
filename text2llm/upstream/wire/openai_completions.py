"""The API of ``/chat/completions``: OpenAI's older one, and the one that most other providers speak.

Source: OpenAI's openapi.yaml; vercel/ai packages/openai fixtures; pydantic/pydantic-ai tests/models/cassettes.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.outcome import ErrorBody, Invalid, Outcome, end_error
from text2llm.upstream.wire.shape import FUNCTION_TOOL, PIXEL_URL, PROMPT, TOOL, CompletionCall, Wire, has_function_call

#: Finish reasons that are failures: OpenRouter and Mistral; Z.AI; DeepSeek; vLLM and SGLang.
_FAILED = frozenset({"error", "network_error", "insufficient_system_resource", "abort"})

#: The fields of an assistant message; content may be missing if all tokens were spent on thinking.
_SPOKEN = frozenset({"role", "content", "tool_calls", "refusal", "reasoning", "reasoning_content"})


def _build_body(call: CompletionCall) -> dict[str, Any]:
    content: Any = PROMPT
    if call.image:
        content = [{"type": "text", "text": PROMPT}, {"type": "image_url", "image_url": {"url": PIXEL_URL}}]
    body: dict[str, Any] = {"model": call.model, "messages": [{"role": "user", "content": content}], "stream": False}
    if call.tool:
        body |= {"tools": [FUNCTION_TOOL], "tool_choice": {"type": "function", "function": {"name": TOOL}}}
    return body


def _find_fault(body: dict[str, Any], _call: CompletionCall) -> Outcome | None:
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return Invalid("the response has no choices")
    choice = choices[0]
    return _find_failure(choice) or _find_gap(choice.get("message"), choice.get("finish_reason"))


def _find_failure(choice: dict[str, Any]) -> ErrorBody | None:
    if choice.get("error"):
        # OpenRouter reports an upstream error inside the choice.
        return ErrorBody(choice["error"])
    finish = choice.get("finish_reason")
    return end_error(finish) if isinstance(finish, str) and finish in _FAILED else None


def _find_gap(message: Any, finish: Any) -> Invalid | None:
    if not isinstance(message, dict) or message.get("role", "assistant") != "assistant":
        return Invalid("the first choice has no assistant message")
    content = message.get("content")
    if not isinstance(content, str | list | None):
        return Invalid("the message has no content")
    begun = bool(content) or (isinstance(finish, str) and not _SPOKEN.isdisjoint(message))
    return None if begun else Invalid("the completion is neither finished nor begun")


WIRE = Wire(
    api="openai-completions",
    path="/chat/completions",
    build_body=_build_body,
    find_fault=_find_fault,
    called=lambda body: has_function_call(body["choices"][0]["message"].get("tool_calls")),
    cut=lambda body: body["choices"][0].get("finish_reason") == "length",
)
