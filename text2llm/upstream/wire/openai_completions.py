"""The API of ``/chat/completions``: OpenAI's older one, and the one that most other providers speak.

Source: OpenAI's openapi.yaml; vercel/ai packages/openai fixtures; pydantic/pydantic-ai tests/models/cassettes.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.ends import is_early, is_end
from text2llm.upstream.wire.events import TruncatedStreamError, last_values, merge_deltas, objects
from text2llm.upstream.wire.outcome import Invalid, Outcome, check_work, end_error, is_written, read_usage
from text2llm.upstream.wire.shape import FUNCTION_TOOL, PIXEL_URL, TOOL, CompletionCall, Wire, has_function_call

#: The fields of a message that a model writes. Thinking: vLLM and Groq; DeepSeek; OpenRouter; LiteLLM.
_WRITTEN = (
    *("content", "tool_calls", "function_call", "refusal", "audio"),
    *("reasoning", "reasoning_content", "reasoning_details", "thinking_blocks"),
)
_ROLES = ("assistant", "", None)


def _build_body(call: CompletionCall) -> dict[str, Any]:
    content: Any = call.prompt
    if call.image:
        content = [{"type": "text", "text": call.prompt}, {"type": "image_url", "image_url": {"url": PIXEL_URL}}]
    body: dict[str, Any] = {"model": call.model, "messages": [{"role": "user", "content": content}], "stream": False}
    if call.tool:
        body |= {"tools": [FUNCTION_TOOL], "tool_choice": {"type": "function", "function": {"name": TOOL}}}
    return body


def _find_fault(body: dict[str, Any], _call: CompletionCall) -> Outcome | None:
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return Invalid("the response has no choices")
    # OpenRouter and Mistral end with "error", Z.AI with "network_error", vLLM and SGLang with "abort".
    ends = (choice.get("finish_reason") for choice in objects(choices))
    failed = next((end for end in ends if not is_end(end)), None)
    return _find_gap(choices[0], body.get("usage")) if failed is None else end_error(str(failed))


def _find_gap(choice: dict[str, Any], usage: Any) -> Invalid | None:
    message, finish = choice.get("message"), choice.get("finish_reason")
    if not isinstance(message, dict) or message.get("role") not in _ROLES:
        return Invalid("the first choice has no assistant message")
    if not isinstance(message.get("content"), str | list | None):
        return Invalid("the message has no content")
    counts = read_usage(usage, ("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens"))
    return check_work(
        counts, generated=any(is_written(message.get(name)) for name in _WRITTEN), ended_early=is_early(finish)
    )


def _is_event(event: dict[str, Any]) -> bool:
    chunk = isinstance(event.get("choices"), list) or isinstance(event.get("usage"), dict)
    return chunk or str(event.get("object")).startswith("chat.completion")


def _fold(events: list[Any]) -> dict[str, Any]:
    """The chunks as one completion. The last ones have no choices: they report usage, or a filter's results."""
    chunks = objects(events)
    message: dict[str, Any] = {}
    choices = [choice for chunk in chunks for choice in objects(chunk.get("choices")) if not choice.get("index")]
    for choice in choices:
        delta = choice.get("delta")
        merge_deltas(message, delta if isinstance(delta, dict) else {})
    ends = last_values(choices, "finish_reason")
    if "finish_reason" not in ends:
        raise TruncatedStreamError
    return {**last_values(chunks, "model", "usage"), "choices": [{**ends, "message": message}]}


WIRE = Wire(
    api="openai-completions",
    path="/chat/completions",
    build_body=_build_body,
    find_fault=_find_fault,
    is_event=_is_event,
    fold=_fold,
    called=lambda body: has_function_call(body["choices"][0]["message"].get("tool_calls")),
    cut=lambda body: body["choices"][0].get("finish_reason") == "length",
)
