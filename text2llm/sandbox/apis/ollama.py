"""Ollama's chat: https://docs.ollama.com/api/chat. Streams unless it is told not to, and asks for no key."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from text2llm.sandbox.apis.bearer import find_bearer
from text2llm.sandbox.apis.openai_completions import rename
from text2llm.sandbox.values import Api, Call, Json, Mistake, as_list, as_object, find_nothing, has


def _find_mistake(call: Call) -> Mistake | None:
    return None if has(call.body, "model", str) else Mistake("missing-model")


def _find_tool(body: Json) -> str | None:
    """The first tool: nothing forces one here, and the sandbox's model calls what it is given."""
    names = [str(as_object(tool.get("function")).get("name")) for tool in as_list(body.get("tools"))]
    return names[0] if names else None


def _find_images(body: Json) -> list[str]:
    lists = (message.get("images") for message in as_list(body.get("messages")))
    return [str(image) for images in lists if isinstance(images, list) for image in images]


def _complete(call: Call) -> Json:
    answer: Json = {"model": call.model, "created_at": format_time(call.request.now)}
    if not as_list(call.body.get("messages")):  # without a message it only loads the model
        return answer | {"message": {"role": "assistant", "content": ""}, "done_reason": "load", "done": True}
    tool = _find_tool(call.body)
    message: Json = {"role": "assistant", "content": "" if tool else "pong"}
    if tool:
        message["tool_calls"] = [{"function": {"name": tool, "arguments": {}}}]
    return {
        **answer,
        "message": message,
        "done_reason": "stop",
        "done": True,
        "total_duration": 180_000_000,
        "load_duration": 90_000_000,
        "prompt_eval_count": 8,
        "prompt_eval_duration": 60_000_000,
        "eval_count": 1,
        "eval_duration": 30_000_000,
    }


def format_time(now: float) -> str:
    """A moment as RFC 3339 has it."""
    return datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")


def _think(answer: Json) -> Json:
    message = {**answer["message"], "content": "", "thinking": "ping means"}
    return {**answer, "message": message, "done_reason": "length", "eval_count": 8}


def _hollow(answer: Json) -> Json:
    return {"model": answer["model"], "created_at": answer["created_at"], "done": False}


def _streams(call: Call) -> bool:
    return call.body.get("stream") is not False


def _stream(answer: Json) -> bytes:
    begun = {key: answer[key] for key in ("model", "created_at", "message") if key in answer} | {"done": False}
    ended = {**answer, "message": {"role": "assistant", "content": ""}}
    return b"".join(json.dumps(line).encode() + b"\n" for line in (begun, ended))


API = Api(
    name="ollama",
    id_header=None,
    find_key=find_bearer,
    find_header_mistake=find_nothing,
    find_mistake=_find_mistake,
    find_tool=_find_tool,
    find_images=_find_images,
    complete=_complete,
    think=_think,
    hollow=_hollow,
    rename=rename,
    streams=_streams,
    stream=_stream,
    stream_type="application/x-ndjson",
)
