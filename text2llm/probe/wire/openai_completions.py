"""The API of ``/chat/completions``: OpenAI's older one, and the one that most other providers speak.

Source: OpenAI's openapi.yaml; vercel/ai packages/openai fixtures; pydantic/pydantic-ai tests/models/cassettes.
"""

from __future__ import annotations

from typing import Any

from text2llm.probe.wire.outcome import ErrorBody, Invalid, Outcome, Success, check_model, find_error
from text2llm.probe.wire.shape import Wire

PROMPT = "ping"
#: Reasons to end that are no end of a completion: OpenRouter and Mistral; Z.AI; DeepSeek; vLLM and SGLang.
_FAILED = frozenset({"error", "network_error", "insufficient_system_resource", "abort"})


def build_body(model: str) -> dict[str, Any]:
    """The smallest completion."""
    return {"model": model, "messages": [{"role": "user", "content": PROMPT}], "stream": False}


def parse_body(body: Any, model: str) -> Outcome:
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
    finish, message = choice.get("finish_reason"), choice.get("message")
    if choice.get("error") or finish in _FAILED:
        # OpenRouter reports an upstream error inside the choice.
        return ErrorBody(choice.get("error") or {"error": {"code": f"finish_{finish}"}})
    if not isinstance(message, dict) or message.get("role", "assistant") != "assistant":
        return Invalid("the first choice has no message of an assistant")
    if not (isinstance(finish, str) and message) and not message.get("content"):
        return Invalid("the completion is neither finished nor begun")
    return check_model(body, model) or Success()


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
