"""The API of ``/responses``: OpenAI's newer one.

Source: OpenAI's openapi.yaml; vercel/ai packages/openai/src/responses/__fixtures__; pydantic/pydantic-ai
tests/models/cassettes/test_openai_responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from text2llm.upstream.wire.events import TruncatedStreamError, objects
from text2llm.upstream.wire.outcome import Invalid, Outcome, check_work, end_error, is_written, read_usage
from text2llm.upstream.wire.shape import NO_ARGUMENTS, PIXEL_URL, TOOL, TOOL_DESCRIPTION, CompletionCall, Wire

_CUT = "max_output_tokens"
#: How a response ends before the model does.
_EARLY = frozenset({_CUT, "content_filter"})
#: The events with the whole response; one that failed is an error.
_ENDS = frozenset({"response.completed", "response.incomplete", "response.done"})
#: What a model writes in an item of the output. A search is no reply: it is the provider's.
_WRITTEN: Mapping[str, tuple[str, ...]] = {
    "message": ("content",),
    "reasoning": ("summary", "content", "encrypted_content"),
    **dict.fromkeys(("function_call", "custom_tool_call"), ("name",)),
    **dict.fromkeys(("computer_call", "local_shell_call", "shell_call", "apply_patch_call"), ("action", "operation")),
}


def _build_body(call: CompletionCall) -> dict[str, Any]:
    """The body; the provider must not store the response."""
    content: Any = call.prompt
    if call.image:
        image = {"type": "input_image", "image_url": PIXEL_URL}
        content = [{"role": "user", "content": [{"type": "input_text", "text": call.prompt}, image]}]
    body: dict[str, Any] = {"model": call.model, "input": content, "store": False}
    if call.tool:
        function = {"type": "function", "name": TOOL, "description": TOOL_DESCRIPTION, "parameters": NO_ARGUMENTS}
        body |= {"tools": [function], "tool_choice": {"type": "function", "name": TOOL}}
    return body


def _find_fault(body: dict[str, Any], _call: CompletionCall) -> Outcome | None:
    reason = _why_incomplete(body)
    return end_error(reason) if reason is not None and reason not in _EARLY else _find_gap(body)


def _why_incomplete(body: dict[str, Any]) -> str | None:
    details = body.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, dict) else None
    return reason if body.get("status") == "incomplete" and isinstance(reason, str) else None


def _find_gap(body: dict[str, Any]) -> Invalid | None:
    output, cut = body.get("output"), _why_incomplete(body) is not None
    if body.get("object") != "response" or not isinstance(output, list) or not all(map(_is_item, output)):
        return Invalid("the response has no output")
    if body.get("status") != "completed" and not cut:
        return Invalid("the response is not complete")
    if not output and not cut:
        return Invalid("the response is complete without an output")
    usage = read_usage(body.get("usage"), ("input_tokens",), ("output_tokens",))
    return check_work(usage, generated=any(map(_is_generated, output)), ended_early=cut)


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("type"), str)


def _is_generated(item: dict[str, Any]) -> bool:
    """Whether an item is reasoning, encrypted too, a call of a tool of ours, or a message with a text or a refusal."""
    return any(is_written(item.get(name)) for name in _WRITTEN.get(item["type"], ()))


def _fold(events: list[Any]) -> dict[str, Any]:
    """The response of the last event. Some servers leave its output out, which the events before it had."""
    ends = [event for event in objects(events) if event.get("type") in _ENDS]
    body = ends[-1].get("response") if ends else None
    if not isinstance(body, dict):
        raise TruncatedStreamError
    done = [event.get("item") for event in objects(events) if event.get("type") == "response.output_item.done"]
    return {**body, "output": body.get("output") or done}


def _called(body: dict[str, Any]) -> bool:
    return any(item["type"] == "function_call" and item.get("name") == TOOL for item in body["output"])


WIRE = Wire(
    api="openai-responses",
    path="/responses",
    build_body=_build_body,
    find_fault=_find_fault,
    # Codex's own backend sends codex.rate_limits, too.
    is_event=lambda event: str(event.get("type")).startswith(("response.", "codex.")),
    fold=_fold,
    called=_called,
    cut=lambda body: bool(body["status"] == "incomplete"),
    max_tokens_field=_CUT,
    # OpenAI rejects less: "expected a value >= 16"
    min_tokens=16,
)
