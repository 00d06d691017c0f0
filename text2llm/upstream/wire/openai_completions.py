"""The API of ``/chat/completions``: OpenAI's older one, and the one that most other providers speak.

Source: OpenAI's openapi.yaml; vercel/ai packages/openai fixtures; pydantic/pydantic-ai tests/models/cassettes.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.ask import PIXEL_URL, PROMPT, TOOL, Demand, function_tool, has_function_call
from text2llm.upstream.wire.outcome import (
    ErrorBody,
    Invalid,
    Outcome,
    Success,
    Uncalled,
    check_model,
    end_word,
    find_error,
)
from text2llm.upstream.wire.shape import Wire

#: Reasons to end that are no end of a completion: OpenRouter and Mistral; Z.AI; DeepSeek; vLLM and SGLang.
_FAILED = frozenset({"error", "network_error", "insufficient_system_resource", "abort"})

#: What a message of an assistant consists of; content may be missing when all tokens went into thinking.
_SPOKEN = frozenset({"role", "content", "tool_calls", "refusal", "reasoning", "reasoning_content"})


def build_body(model: str, demand: Demand) -> dict[str, Any]:
    """The smallest completion."""
    content: Any = PROMPT
    if demand.image:
        content = [{"type": "text", "text": PROMPT}, {"type": "image_url", "image_url": {"url": PIXEL_URL}}]
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": content}], "stream": False}
    if demand.tool:
        body |= {"tools": [function_tool()], "tool_choice": {"type": "function", "function": {"name": TOOL}}}
    return body


def parse_body(body: Any, model: str, demand: Demand) -> Outcome:
    """A success has a choice with a message, from the model asked for.

    The message may be empty: a reasoning model can spend all of its few tokens on thinking.
    """
    error = find_error(body)
    if error is not None:
        return error
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return Invalid("the answer has no choices")
    choice = choices[0]
    return (
        _find_failure(choice)
        or _find_gap(choice.get("message"), choice.get("finish_reason"))
        or check_model(body.get("model"), model)
        or _check_call(choice, demand)
    )


def _find_failure(choice: dict[str, Any]) -> ErrorBody | None:
    if choice.get("error"):
        # OpenRouter reports an upstream error inside the choice.
        return ErrorBody(choice["error"])
    finish = choice.get("finish_reason")
    return end_word(finish) if isinstance(finish, str) and finish in _FAILED else None


def _find_gap(message: Any, finish: Any) -> Invalid | None:
    """What a choice lacks."""
    if not isinstance(message, dict) or message.get("role", "assistant") != "assistant":
        return Invalid("the first choice has no message of an assistant")
    content = message.get("content")
    if not isinstance(content, str | list | None):
        return Invalid("the message has no content")
    begun = bool(content) or (isinstance(finish, str) and not _SPOKEN.isdisjoint(message))
    return None if begun else Invalid("the completion is neither finished nor begun")


def _check_call(choice: dict[str, Any], demand: Demand) -> Outcome:
    called = not demand.tool or has_function_call(choice["message"].get("tool_calls"))
    return Success() if called else Uncalled(cut=choice.get("finish_reason") == "length")


WIRE = Wire(
    api="openai-completions",
    path="/chat/completions",
    max_tokens_field="max_tokens",
    auth_header="Authorization",
    auth_prefix="Bearer ",
    headers={},
    build_body=build_body,
    parse_body=parse_body,
)
