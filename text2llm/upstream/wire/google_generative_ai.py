"""The API of ``:generateContent``: Gemini's. The key is sent in a header, since URLs are often logged.

Source: https://ai.google.dev/api/generate-content; vercel/ai packages/google fixtures; pydantic/pydantic-ai
tests/models/cassettes/test_google.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.events import TruncatedStreamError, last_values, objects
from text2llm.upstream.wire.outcome import (
    ErrorBody,
    Invalid,
    Outcome,
    TokenUsage,
    Uncalled,
    check_work,
    end_error,
    is_written,
    read_usage,
)
from text2llm.upstream.wire.shape import PIXEL, PIXEL_TYPE, TOOL, TOOL_DESCRIPTION, CompletionCall, Wire

_WHOLE = "STOP"
_CUT = "MAX_TOKENS"
#: The model replied, but not with a call that can be parsed.
_MISCALLED = frozenset({"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"})
_FILTERS = frozenset({"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"})
#: How a candidate ends before the model does.
_EARLY = _FILTERS | {_CUT}
_ENDS = _EARLY | _MISCALLED | {_WHOLE}
#: What an event of a stream has some of.
_FIELDS = frozenset({"candidates", "usageMetadata", "promptFeedback", "modelVersion", "responseId"})
_PROMPT_TOKENS, _OUTPUT_TOKENS = ("promptTokenCount",), ("candidatesTokenCount", "thoughtsTokenCount")


def _build_body(call: CompletionCall) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"text": call.prompt}]
    if call.image:
        parts.append({"inlineData": {"mimeType": PIXEL_TYPE, "data": PIXEL}})
    body: dict[str, Any] = {"contents": [{"role": "user", "parts": parts}]}
    if call.tool:
        body["tools"] = [{"functionDeclarations": [{"name": TOOL, "description": TOOL_DESCRIPTION}]}]
        body["toolConfig"] = {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": [TOOL]}}
    return body


def _find_fault(body: dict[str, Any], call: CompletionCall) -> Outcome | None:
    """A blocked prompt that no model read is an error, with the block reason as its code."""
    blocked, counts = _find_block(body), body.get("usageMetadata")
    usage = read_usage(counts, _PROMPT_TOKENS, _OUTPUT_TOKENS)
    if blocked is not None:
        # Vertex AI counts no tokens of a prompt that Model Armor blocked, but says which quota it used.
        used = usage.prompt > 0 or (isinstance(counts, dict) and set(counts) == {"trafficType"})
        return None if used and body.get("modelVersion") else blocked
    candidates = body.get("candidates")
    if not isinstance(candidates, list) or not candidates or not isinstance(candidates[0], dict):
        return Invalid("the response has no candidates")
    first = candidates[0]
    return _find_gap(first) or _check_end(first["finishReason"], call) or _check_parts(first, usage)


def _find_block(body: dict[str, Any]) -> ErrorBody | None:
    feedback = body.get("promptFeedback")
    reason = feedback.get("blockReason") if isinstance(feedback, dict) else None
    return ErrorBody({"error": {"code": "content_filter", "message": f"blocked: {reason}"}}) if reason else None


def _find_gap(candidate: dict[str, Any]) -> Invalid | None:
    unfinished = not isinstance(candidate.get("finishReason"), str) or _parts(candidate) is None
    return Invalid("the candidate is not finished") if unfinished else None


def _check_end(finish: str, call: CompletionCall) -> Outcome | None:
    if call.tool and finish in _MISCALLED:
        return Uncalled(cut=False)
    return None if finish in _ENDS else end_error(finish)


def _check_parts(candidate: dict[str, Any], usage: TokenUsage) -> Outcome | None:
    finish = candidate["finishReason"]
    empty = check_work(usage, generated=is_written(_parts(candidate)), ended_early=finish in _EARLY)
    return end_error(finish) if empty is not None and finish in _FILTERS else empty


def _parts(candidate: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The parts of a candidate, empty if unset; ``None`` if they are malformed."""
    content = candidate.get("content", {})
    if not isinstance(content, dict) or content.get("role", "model") != "model":
        return None
    parts = content.get("parts", [])
    return parts if isinstance(parts, list) and all(isinstance(part, dict) for part in parts) else None


def _fold(events: list[Any]) -> dict[str, Any]:
    """The responses as one, with the parts of all."""
    bodies = objects(events)
    candidates = [each for body in bodies for each in objects(body.get("candidates")) if not each.get("index")]
    whole = last_values(bodies, "modelVersion", "usageMetadata", "promptFeedback")
    ends = last_values(candidates, "finishReason")
    if _find_block(whole) is not None:
        return whole
    if not ends:
        raise TruncatedStreamError
    parts = [part for candidate in candidates for part in _parts(candidate) or ()]
    return {**whole, "candidates": [{**ends, "content": {"role": "model", "parts": parts}}]}


def _called(body: dict[str, Any]) -> bool:
    calls = [part.get("functionCall") for part in _parts(body["candidates"][0]) or ()]
    return any(isinstance(call, dict) and call.get("name") == TOOL for call in calls)


WIRE = Wire(
    api="google-generative-ai",
    path="/models/{model}:generateContent",
    build_body=_build_body,
    find_fault=_find_fault,
    is_event=lambda event: not _FIELDS.isdisjoint(event),
    fold=_fold,
    called=_called,
    cut=lambda body: bool(body["candidates"][0]["finishReason"] == _CUT),
    model_key="modelVersion",
    max_tokens_field="generationConfig.maxOutputTokens",
    auth_header="x-goog-api-key",
    auth_prefix="",
    stream_path="/models/{model}:streamGenerateContent?alt=sse",
)
