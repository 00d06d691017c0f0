"""The API of ``:generateContent``: Gemini's. The key goes into a header, since a URL is logged everywhere.

Source: https://ai.google.dev/api/generate-content; vercel/ai packages/google fixtures; pydantic/pydantic-ai
tests/models/cassettes/test_google.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.ask import PIXEL, PIXEL_TYPE, PROMPT, TOOL, TOOL_DESCRIPTION, Demand
from text2llm.upstream.wire.outcome import (
    ErrorBody,
    Invalid,
    Outcome,
    Success,
    Uncalled,
    check_model,
    end_word,
    find_error,
    is_count,
)
from text2llm.upstream.wire.shape import Wire

_WHOLE = "STOP"
_CUT = "MAX_TOKENS"
#: The model answered, but not with a call that can be read.
_MISCALLED = frozenset({"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL"})


def build_body(_model: str, demand: Demand) -> dict[str, Any]:
    """The smallest request for content; the model stands in the path."""
    parts: list[dict[str, Any]] = [{"text": PROMPT}]
    if demand.image:
        parts.append({"inlineData": {"mimeType": PIXEL_TYPE, "data": PIXEL}})
    body: dict[str, Any] = {"contents": [{"role": "user", "parts": parts}]}
    if demand.tool:
        body["tools"] = [{"functionDeclarations": [{"name": TOOL, "description": TOOL_DESCRIPTION}]}]
        body["toolConfig"] = {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": [TOOL]}}
    return body


def parse_body(body: Any, model: str, demand: Demand) -> Outcome:
    """A success has a candidate that came to its end, or to the end of its tokens, from the model asked for.

    The candidate may have no content: a thinking model can spend all of its few tokens on that. A prompt or a candidate
    that was blocked is an error by the word of the blocking: nothing that was asked came back.
    """
    error = find_error(body) or _find_block(body)
    if error is not None:
        return error
    candidates = body.get("candidates")
    if not isinstance(candidates, list) or not candidates or not isinstance(candidates[0], dict):
        return Invalid("the answer has no candidates")
    return (
        _find_gap(candidates[0], body.get("usageMetadata"))
        or _find_end(candidates[0]["finishReason"], demand)
        or check_model(body.get("modelVersion"), model)
        or _check_call(candidates[0], demand)
    )


def _find_block(body: Any) -> ErrorBody | None:
    feedback = body.get("promptFeedback")
    reason = feedback.get("blockReason") if isinstance(feedback, dict) else None
    return ErrorBody({"error": {"code": "content_filter", "message": f"blocked: {reason}"}}) if reason else None


def _find_gap(candidate: dict[str, Any], usage: Any) -> Invalid | None:
    """What a candidate lacks."""
    finish, parts = candidate.get("finishReason"), _parts(candidate)
    if not isinstance(finish, str) or parts is None:
        return Invalid("the candidate is not finished")
    if finish == _WHOLE and not any(
        isinstance(part.get("text", part.get("functionCall")), str | dict) for part in parts
    ):
        return Invalid("the candidate is finished without content")
    if not isinstance(usage, dict) or not is_count(usage.get("promptTokenCount")):
        return Invalid("the answer does not say how many tokens it took")
    return None


def _find_end(finish: str, demand: Demand) -> Outcome | None:
    """What an end other than the usual means."""
    if demand.tool and finish in _MISCALLED:
        return Uncalled(cut=False)
    return None if finish in (_WHOLE, _CUT) else end_word(finish)


def _parts(candidate: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The parts of a candidate, which may be left out where there are none; ``None`` when they are no parts."""
    content = candidate.get("content", {})
    if not isinstance(content, dict) or content.get("role", "model") != "model":
        return None
    parts = content.get("parts", [])
    return parts if isinstance(parts, list) and all(isinstance(part, dict) for part in parts) else None


def _check_call(candidate: dict[str, Any], demand: Demand) -> Outcome:
    calls = [part.get("functionCall") for part in _parts(candidate) or ()]
    called = not demand.tool or any(isinstance(call, dict) and call.get("name") == TOOL for call in calls)
    return Success() if called else Uncalled(cut=candidate["finishReason"] == _CUT)


WIRE = Wire(
    api="google-generative-ai",
    path="/models/{model}:generateContent",
    max_tokens_field="generationConfig.maxOutputTokens",
    auth_header="x-goog-api-key",
    auth_prefix="",
    headers={},
    build_body=build_body,
    parse_body=parse_body,
)
