"""OpenAI's responses: https://platform.openai.com/docs/api-reference/responses/object.

Shape of the events: vercel/ai:packages/openai/src/responses/__fixtures__. ChatGPT's backend has its own rules
(badlogic/pi-mono:packages/ai/src/providers/openai-codex-responses.ts).
"""

from __future__ import annotations

from text2llm.sandbox.apis.base import (
    Api,
    as_list,
    as_object,
    check_minimum,
    choose_tool,
    format_event,
    has,
    split_text,
    unwrap_url,
)
from text2llm.sandbox.values import Json, Mistake, ParsedCall

#: issue: vectorize-io/hindsight#58; issue: UKGovernmentBEIS/inspect_evals#694
_LEAST_TOKENS = 16
_CODEX = "openai-codex"
#: Values that ChatGPT's backend requires, and the payload if they differ; in the order in which it checks.
_CODEX_RULES = (("stream", True, "stream-required"), ("store", False, "store-refused"))
#: An item before its parts were streamed.
_BEGUN: Json = {"status": "in_progress", "content": [], "arguments": ""}
#: The fields of a request that the response repeats.
_ECHOED = ("instructions", "max_output_tokens", "store", "tool_choice", "tools")
_DEFAULTS: Json = {
    **dict.fromkeys(("error", "incomplete_details", "previous_response_id", "user")),
    **dict.fromkeys(("instructions", "max_output_tokens")),
    "object": "response",
    "background": False,
    "parallel_tool_calls": True,
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "top_p": 1.0,
    "truncation": "disabled",
    "tool_choice": "auto",
    "tools": [],
    "reasoning": {"effort": None, "summary": None},
    "text": {"format": {"type": "text"}},
    "metadata": {},
}


class OpenAiResponses(Api):
    name = "openai-responses"
    id_header = "x-request-id"

    def find_mistake(self, call: ParsedCall) -> Mistake | None:
        if not has(call.body, "model", str):
            return Mistake("missing-model")
        if call.provider == _CODEX:
            return _find_codex_mistake(call.body)
        if not has(call.body, "input", str) and not has(call.body, "input", list):
            return Mistake("missing-field", {"field": "input"})
        return check_minimum(call.body, "max_output_tokens", _LEAST_TOKENS)

    def find_tool(self, body: Json) -> str | None:
        names = [str(tool.get("name")) for tool in as_list(body.get("tools")) if tool.get("type") == "function"]
        choice = body.get("tool_choice")
        named = as_object(choice).get("name")
        return choose_tool(names, named, required=choice == "required")

    def find_images(self, body: Json) -> list[str]:
        parts = (part for item in as_list(body.get("input")) for part in as_list(item.get("content")))
        return [unwrap_url(part.get("image_url")) for part in parts if part.get("type") == "input_image"]

    def complete(self, call: ParsedCall) -> Json:
        tool, number = self.find_tool(call.body), call.request.id
        text: Json = {"type": "output_text", "annotations": [], "logprobs": [], "text": "pong"}
        item: Json = {"id": f"msg_{number}", "type": "message", "status": "completed", "role": "assistant"}
        item["content"] = [text]
        if tool:
            item = {"id": f"fc_{number}", "type": "function_call", "status": "completed", "arguments": "{}"}
            item |= {"call_id": f"call_{number}", "name": tool}
        return {
            **_DEFAULTS,
            **{field: call.body[field] for field in _ECHOED if field in call.body},
            "id": f"resp_{number}",
            "created_at": int(call.request.now),
            "status": "completed",
            "model": call.model,
            "output": [item],
            "usage": _usage(2, thought=0),
        }

    def think(self, response: Json) -> Json:
        thought = {"id": response["id"].replace("resp", "rs"), "type": "reasoning", "summary": []}
        details = {"incomplete_details": {"reason": "max_output_tokens"}}
        return {**response, "status": "incomplete", **details, "output": [thought], "usage": _usage(16, thought=16)}

    def strip_content(self, response: Json) -> Json:
        return {**response, "output": []}

    def stream(self, response: Json, _call: ParsedCall) -> bytes:
        """The events of https://platform.openai.com/docs/api-reference/responses-streaming."""
        begun = {**response, "status": "in_progress", "incomplete_details": None, "output": [], "usage": None}
        events: list[Json] = [
            {"type": "response.created", "response": begun},
            {"type": "response.in_progress", "response": begun},
            *(event for index, item in enumerate(response["output"]) for event in _item_events(index, item)),
            {"type": f"response.{response['status']}", "response": response},
        ]
        return b"".join(format_event({**event, "sequence_number": number}) for number, event in enumerate(events))

    def stream_error(self, error: Json) -> bytes:
        return format_event({"type": "error", "sequence_number": 2, **error})


def _find_codex_mistake(body: Json) -> Mistake | None:
    if not has(body, "instructions", str):
        return Mistake("missing-instructions")
    if "max_output_tokens" in body:
        return Mistake("unsupported-field", {"field": "max_output_tokens"})
    broken = (Mistake(payload) for field, wanted, payload in _CODEX_RULES if body.get(field) is not wanted)
    return next(broken, None) or (None if has(body, "input", list) else Mistake("input-list"))


def _usage(output: int, *, thought: int) -> Json:
    return {
        "input_tokens": 8,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": 8 + output,
    }


def _item_events(index: int, item: Json) -> list[Json]:
    place = {"output_index": index, "item_id": item["id"]}
    hollow: Json = {name: value for name, value in _BEGUN.items() if name in item}
    inner: list[Json] = []
    for number, part in enumerate(item.get("content", ())):
        where = {**place, "content_index": number}
        inner += [
            {"type": "response.content_part.added", **where, "part": {**part, "text": ""}},
            *(
                {"type": "response.output_text.delta", **where, "delta": delta, "logprobs": []}
                for delta in split_text(part["text"])
            ),
            {"type": "response.output_text.done", **where, "text": part["text"], "logprobs": []},
            {"type": "response.content_part.done", **where, "part": part},
        ]
    if item["type"] == "function_call":
        inner = [
            {"type": "response.function_call_arguments.delta", **place, "delta": item["arguments"]},
            {
                "type": "response.function_call_arguments.done",
                **place,
                "name": item["name"],
                "arguments": item["arguments"],
            },
        ]
    added = {"type": "response.output_item.added", "output_index": index, "item": item | hollow}
    return [added, *inner, {"type": "response.output_item.done", "output_index": index, "item": item}]
