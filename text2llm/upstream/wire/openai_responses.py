"""The API of ``/responses``: OpenAI's newer one.

Source: OpenAI's openapi.yaml; vercel/ai packages/openai/src/responses/__fixtures__; pydantic/pydantic-ai
tests/models/cassettes/test_openai_responses.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.ask import PIXEL_URL, PROMPT, TOOL, TOOL_DESCRIPTION, Demand, no_arguments
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

_CUT = "max_output_tokens"


def build_body(model: str, demand: Demand) -> dict[str, Any]:
    """The smallest response; the provider is asked to keep nothing of it."""
    given: Any = PROMPT
    if demand.image:
        image = {"type": "input_image", "image_url": PIXEL_URL}
        given = [{"role": "user", "content": [{"type": "input_text", "text": PROMPT}, image]}]
    body: dict[str, Any] = {"model": model, "input": given, "store": False}
    if demand.tool:
        function = {"type": "function", "name": TOOL, "description": TOOL_DESCRIPTION, "parameters": no_arguments()}
        body |= {"tools": [function], "tool_choice": {"type": "function", "name": TOOL}}
    return body


def parse_body(body: Any, model: str, demand: Demand) -> Outcome:
    """A success is a response that is complete, or cut at the tokens it was given, from the model asked for.

    One that is cut may have no output at all: a reasoning model can spend all of its few tokens on thinking.
    """
    error = find_error(body)
    if error is not None:
        return error
    return _find_failure(body) or _find_gap(body) or check_model(body.get("model"), model) or _check_call(body, demand)


def _find_failure(body: dict[str, Any]) -> ErrorBody | None:
    if body.get("status") == "failed":
        return ErrorBody(body)
    why = _why_incomplete(body)
    return end_word(why) if why is not None and why != _CUT else None


def _why_incomplete(body: dict[str, Any]) -> str | None:
    details = body.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, dict) else None
    return reason if body.get("status") == "incomplete" and isinstance(reason, str) else None


def _find_gap(body: dict[str, Any]) -> Invalid | None:
    """What a response lacks."""
    output, usage = body.get("output"), body.get("usage")
    if body.get("object") != "response" or not isinstance(output, list) or not all(map(_is_item, output)):
        return Invalid("the answer is no response with an output")
    complete = body.get("status") == "completed"
    if not complete and _why_incomplete(body) is None:
        return Invalid("the response is not complete")
    if complete and not output:
        return Invalid("the response is complete without an output")
    if not isinstance(usage, dict) or not is_count(usage.get("output_tokens")):
        return Invalid("the response does not say how many tokens it took")
    return None


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("type"), str)


def _check_call(body: dict[str, Any], demand: Demand) -> Outcome:
    calls = (item.get("name") for item in body["output"] if item["type"] == "function_call")
    called = not demand.tool or TOOL in calls
    return Success() if called else Uncalled(cut=body["status"] == "incomplete")


WIRE = Wire(
    api="openai-responses",
    path="/responses",
    max_tokens_field=_CUT,
    auth_header="Authorization",
    auth_prefix="Bearer ",
    headers={},
    build_body=build_body,
    parse_body=parse_body,
    # OpenAI refuses less: "expected a value >= 16"
    min_tokens=16,
)
