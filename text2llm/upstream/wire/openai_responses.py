"""The API of ``/responses``: OpenAI's newer one.

Source: OpenAI's openapi.yaml; vercel/ai packages/openai/src/responses/__fixtures__; pydantic/pydantic-ai
tests/models/cassettes/test_openai_responses.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.outcome import ErrorBody, Invalid, Outcome, end_error, is_count
from text2llm.upstream.wire.shape import NO_ARGUMENTS, PIXEL_URL, PROMPT, TOOL, TOOL_DESCRIPTION, CompletionCall, Wire

_CUT = "max_output_tokens"


def _build_body(call: CompletionCall) -> dict[str, Any]:
    """The body; the provider must not store the response."""
    content: Any = PROMPT
    if call.image:
        image = {"type": "input_image", "image_url": PIXEL_URL}
        content = [{"role": "user", "content": [{"type": "input_text", "text": PROMPT}, image]}]
    body: dict[str, Any] = {"model": call.model, "input": content, "store": False}
    if call.tool:
        function = {"type": "function", "name": TOOL, "description": TOOL_DESCRIPTION, "parameters": NO_ARGUMENTS}
        body |= {"tools": [function], "tool_choice": {"type": "function", "name": TOOL}}
    return body


def _find_fault(body: dict[str, Any], _call: CompletionCall) -> Outcome | None:
    return _find_failure(body) or _find_gap(body)


def _find_failure(body: dict[str, Any]) -> ErrorBody | None:
    if body.get("status") == "failed":
        return ErrorBody(body)
    reason = _why_incomplete(body)
    return end_error(reason) if reason is not None and reason != _CUT else None


def _why_incomplete(body: dict[str, Any]) -> str | None:
    details = body.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, dict) else None
    return reason if body.get("status") == "incomplete" and isinstance(reason, str) else None


def _find_gap(body: dict[str, Any]) -> Invalid | None:
    output, usage = body.get("output"), body.get("usage")
    if body.get("object") != "response" or not isinstance(output, list) or not all(map(_is_item, output)):
        return Invalid("the response has no output")
    complete = body.get("status") == "completed"
    if not complete and _why_incomplete(body) is None:
        return Invalid("the response is not complete")
    if complete and not output:
        return Invalid("the response is complete without an output")
    if not isinstance(usage, dict) or not is_count(usage.get("output_tokens")):
        return Invalid("the response has no token count")
    return None


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("type"), str)


def _called(body: dict[str, Any]) -> bool:
    return any(item["type"] == "function_call" and item.get("name") == TOOL for item in body["output"])


WIRE = Wire(
    api="openai-responses",
    path="/responses",
    build_body=_build_body,
    find_fault=_find_fault,
    called=_called,
    cut=lambda body: bool(body["status"] == "incomplete"),
    max_tokens_field=_CUT,
    # OpenAI rejects less: "expected a value >= 16"
    min_tokens=16,
)
