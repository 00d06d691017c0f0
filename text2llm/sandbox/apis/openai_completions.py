"""OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat/object."""

from __future__ import annotations

import json

from text2llm.sandbox.apis.bearer import find_bearer
from text2llm.sandbox.apis.images import unwrap_url
from text2llm.sandbox.values import Api, Call, Json, Mistake, as_list, as_object, find_nothing, has

_TOKENS = ("max_tokens", "max_completion_tokens")


def _find_mistake(call: Call) -> Mistake | None:
    if not has(call.body, "model", str):
        return Mistake("missing-model")
    if not has(call.body, "messages", list):
        return Mistake("missing-field", {"field": "messages"})
    return next(filter(None, (find_low(call.body, field, 1) for field in _TOKENS)), None)


def find_low(body: Json, field: str, least: int) -> Mistake | None:
    """What is wrong with a limit of tokens: OpenAI refuses one that is too small."""
    value = body.get(field)
    if value is None or (isinstance(value, int) and value >= least):
        return None
    return Mistake("below-minimum", {"field": field, "least": str(least), "value": json.dumps(value)[:40]})


def _find_tool(body: Json) -> str | None:
    """The tool that must be called: the named one, or the first when any will do."""
    names = [str(as_object(tool.get("function")).get("name")) for tool in as_list(body.get("tools"))]
    choice = body.get("tool_choice")
    named = as_object(as_object(choice).get("function")).get("name")
    if named in names:
        return str(named)
    return names[0] if names and choice == "required" else None


def _find_images(body: Json) -> list[str]:
    parts = (part for message in as_list(body.get("messages")) for part in as_list(message.get("content")))
    return [
        unwrap_url(as_object(part.get("image_url")).get("url")) for part in parts if part.get("type") == "image_url"
    ]


def _complete(call: Call) -> Json:
    tool = _find_tool(call.body)
    message: Json = {"role": "assistant", "content": None if tool else "pong", "refusal": None, "annotations": []}
    if tool:
        function = {"name": tool, "arguments": "{}"}
        message["tool_calls"] = [{"id": f"call_{call.request.id}", "type": "function", "function": function}]
    # A tool that was named leaves "stop" as the reason; one of the model's choosing "tool_calls".
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


def _think(completion: Json) -> Json:
    choice = completion["choices"][0]
    silent = {**choice, "message": {**choice["message"], "content": ""}, "finish_reason": "length"}
    usage = {
        "prompt_tokens": 8,
        "completion_tokens": 8,
        "total_tokens": 16,
        "completion_tokens_details": {"reasoning_tokens": 8},
    }
    return {**completion, "choices": [silent], "usage": usage}


def _hollow(completion: Json) -> Json:
    return {**completion, "choices": []}


def rename(answer: Json, model: str) -> Json:
    """The answer as one of another model."""
    return {**answer, "model": model}


def streams(call: Call) -> bool:
    """Whether a call asks for events."""
    return call.body.get("stream") is True


def _stream(completion: Json) -> bytes:
    base = {key: completion[key] for key in ("id", "created", "model", "service_tier", "system_fingerprint")}
    chunks = [
        {**base, "object": "chat.completion.chunk", "choices": [{"index": choice["index"], "logprobs": None, **part}]}
        for choice in completion["choices"]
        for part in _parts(choice)
    ]
    return b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks) + b"data: [DONE]\n\n"


def _parts(choice: Json) -> list[Json]:
    message = choice["message"]
    calls = [{"index": index, **call} for index, call in enumerate(message.get("tool_calls", ()))]
    delta = {"tool_calls": calls} if calls else {"content": message["content"]}
    return [
        {"delta": {"role": "assistant", "content": None if calls else "", "refusal": None}, "finish_reason": None},
        {"delta": delta, "finish_reason": None},
        {"delta": {}, "finish_reason": choice["finish_reason"]},
    ]


API = Api(
    name="openai-completions",
    id_header="x-request-id",
    find_key=find_bearer,
    find_header_mistake=find_nothing,
    find_mistake=_find_mistake,
    find_tool=_find_tool,
    find_images=_find_images,
    complete=_complete,
    think=_think,
    hollow=_hollow,
    rename=rename,
    streams=streams,
    stream=_stream,
)
