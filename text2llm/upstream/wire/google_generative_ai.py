"""The API of ``:generateContent``: Gemini's. The key is sent in a header, since URLs are often logged.

Source: https://ai.google.dev/api/generate-content; vercel/ai packages/google fixtures; pydantic/pydantic-ai
tests/models/cassettes/test_google.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.outcome import ErrorBody, Invalid, Outcome, Uncalled, end_error, is_count
from text2llm.upstream.wire.shape import PIXEL, PIXEL_TYPE, PROMPT, TOOL, TOOL_DESCRIPTION, CompletionCall, Wire

_WHOLE = "STOP"
_CUT = "MAX_TOKENS"
#: The model replied, but not with a call that can be parsed.
_MISCALLED = frozenset({"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL"})


def _build_body(call: CompletionCall) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"text": PROMPT}]
    if call.image:
        parts.append({"inlineData": {"mimeType": PIXEL_TYPE, "data": PIXEL}})
    body: dict[str, Any] = {"contents": [{"role": "user", "parts": parts}]}
    if call.tool:
        body["tools"] = [{"functionDeclarations": [{"name": TOOL, "description": TOOL_DESCRIPTION}]}]
        body["toolConfig"] = {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": [TOOL]}}
    return body


def _find_fault(body: dict[str, Any], call: CompletionCall) -> Outcome | None:
    """A blocked prompt or candidate is an error, with the block reason as its code."""
    blocked = _find_block(body)
    if blocked is not None:
        return blocked
    candidates = body.get("candidates")
    if not isinstance(candidates, list) or not candidates or not isinstance(candidates[0], dict):
        return Invalid("the response has no candidates")
    return _find_gap(candidates[0], body.get("usageMetadata")) or _check_end(candidates[0]["finishReason"], call)


def _find_block(body: dict[str, Any]) -> ErrorBody | None:
    feedback = body.get("promptFeedback")
    reason = feedback.get("blockReason") if isinstance(feedback, dict) else None
    return ErrorBody({"error": {"code": "content_filter", "message": f"blocked: {reason}"}}) if reason else None


def _find_gap(candidate: dict[str, Any], usage: Any) -> Invalid | None:
    finish, parts = candidate.get("finishReason"), _parts(candidate)
    if not isinstance(finish, str) or parts is None:
        return Invalid("the candidate is not finished")
    if finish == _WHOLE and not any(
        isinstance(part.get("text", part.get("functionCall")), str | dict) for part in parts
    ):
        return Invalid("the candidate is finished without content")
    if not isinstance(usage, dict) or not is_count(usage.get("promptTokenCount")):
        return Invalid("the response has no token count")
    return None


def _check_end(finish: str, call: CompletionCall) -> Outcome | None:
    if call.tool and finish in _MISCALLED:
        return Uncalled(cut=False)
    return None if finish in (_WHOLE, _CUT) else end_error(finish)


def _parts(candidate: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The parts of a candidate, empty if unset; ``None`` if they are malformed."""
    content = candidate.get("content", {})
    if not isinstance(content, dict) or content.get("role", "model") != "model":
        return None
    parts = content.get("parts", [])
    return parts if isinstance(parts, list) and all(isinstance(part, dict) for part in parts) else None


def _called(body: dict[str, Any]) -> bool:
    calls = [part.get("functionCall") for part in _parts(body["candidates"][0]) or ()]
    return any(isinstance(call, dict) and call.get("name") == TOOL for call in calls)


WIRE = Wire(
    api="google-generative-ai",
    path="/models/{model}:generateContent",
    build_body=_build_body,
    find_fault=_find_fault,
    called=_called,
    cut=lambda body: bool(body["candidates"][0]["finishReason"] == _CUT),
    model_key="modelVersion",
    max_tokens_field="generationConfig.maxOutputTokens",
    auth_header="x-goog-api-key",
    auth_prefix="",
    params_in="generationConfig",
    params_beside=frozenset({"generationConfig", "safetySettings", "labels", "serviceTier"}),
    stream_path="/models/{model}:streamGenerateContent?alt=sse",
)
