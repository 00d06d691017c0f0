"""OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat/object."""

from __future__ import annotations

from text2llm.sandbox.apis.base import (
    Api,
    as_list,
    as_object,
    check_minimum,
    choose_tool,
    format_data,
    has,
    split_text,
    unwrap_url,
)
from text2llm.sandbox.values import Json, Mistake, ParsedCall

#: The fields of a completion that its chunks lack, and those of a message that are streamed as text.
_WHOLE = {"choices", "usage"}
_TOLD = ("reasoning", "reasoning_content", "content")
_TOKENS = ("max_tokens", "max_completion_tokens")


class OpenAiCompletions(Api):
    name = "openai-completions"
    id_header = "x-request-id"

    def find_mistake(self, call: ParsedCall) -> Mistake | None:
        if not call.model:
            return Mistake("missing-model")
        if not has(call.body, "messages", list):
            return Mistake("missing-field", {"field": "messages"})
        return next(filter(None, (check_minimum(call.body, field, 1) for field in _TOKENS)), None)

    def find_tool(self, body: Json) -> str | None:
        names = [str(as_object(tool.get("function")).get("name")) for tool in as_list(body.get("tools"))]
        choice = body.get("tool_choice")
        named = as_object(as_object(choice).get("function")).get("name")
        return choose_tool(names, named, required=choice == "required")

    def find_images(self, body: Json) -> list[str]:
        parts = (part for message in as_list(body.get("messages")) for part in as_list(message.get("content")))
        images = (as_object(part.get("image_url")) for part in parts if part.get("type") == "image_url")
        return [unwrap_url(image.get("url")) for image in images]

    def complete(self, call: ParsedCall) -> Json:
        tool = self.find_tool(call.body)
        message: Json = {"role": "assistant", "content": None if tool else "pong", "refusal": None, "annotations": []}
        if tool:
            function = {"name": tool, "arguments": "{}"}
            message["tool_calls"] = [{"id": f"call_{call.request.id}", "type": "function", "function": function}]
        # A named tool leaves "stop" as the reason; one that the model chooses sets "tool_calls".
        chosen = tool and call.body.get("tool_choice") == "required"
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls" if chosen else "stop"}
        return {
            "id": f"chatcmpl-{call.request.id}",
            "object": "chat.completion",
            "created": int(call.request.now),
            "model": call.model,
            "choices": [choice],
            "usage": {"prompt_tokens": 8, "completion_tokens": 1, "total_tokens": 9},
            "service_tier": "default",
            "system_fingerprint": None,
        }

    def think(self, response: Json) -> Json:
        choice = response["choices"][0]
        silent = {**choice, "message": {**choice["message"], "content": ""}, "finish_reason": "length"}
        usage = {
            "prompt_tokens": 8,
            "completion_tokens": 8,
            "total_tokens": 16,
            "completion_tokens_details": {"reasoning_tokens": 8},
        }
        return {**response, "choices": [silent], "usage": usage}

    def strip_content(self, response: Json) -> Json:
        return {**response, "choices": []}

    def stream(self, response: Json, call: ParsedCall) -> bytes:
        """The chunks: https://platform.openai.com/docs/api-reference/chat-streaming; the usage if it is asked for."""
        base = {name: value for name, value in response.items() if name not in _WHOLE}
        base["object"] = "chat.completion.chunk"
        counted = as_object(call.body.get("stream_options")).get("include_usage") is True and "usage" in response
        unknown: Json = {"usage": None} if counted else {}
        chunks = [
            {**base, "choices": [{"index": choice["index"], "logprobs": None, **part}], **unknown}
            for choice in response["choices"]
            for part in _parts(choice)
        ]
        if counted:
            chunks.append({**base, "choices": [], "usage": response["usage"]})
        return b"".join(map(format_data, chunks)) + b"data: [DONE]\n\n"


def _parts(choice: Json) -> list[Json]:
    message = choice["message"]
    calls = message.get("tool_calls") or []
    first = {"role": "assistant", "content": None if calls or message.get("content") is None else "", "refusal": None}
    deltas = [first, *(delta for name, value in message.items() if name in _TOLD for delta in _deltas(name, value))]
    deltas += [delta for index, call in enumerate(calls) for delta in _call_deltas(index, call)]
    return [
        *({"delta": delta, "finish_reason": None} for delta in deltas),
        {"delta": {}, "finish_reason": choice["finish_reason"]},
    ]


def _deltas(name: str, value: object) -> list[Json]:
    """The deltas of a text; parts of content are sent as they are."""
    return [{name: part} for part in ([value] if isinstance(value, list) else split_text(str(value or "")))]


def _call_deltas(index: int, call: Json) -> list[Json]:
    function = call["function"]
    return [
        {"tool_calls": [{"index": index, **call, "function": {**function, "arguments": ""}}]},
        {"tool_calls": [{"index": index, "function": {"arguments": function["arguments"]}}]},
    ]
