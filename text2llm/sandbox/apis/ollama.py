"""Ollama's chat: https://docs.ollama.com/api/chat. Streams by default, and needs no key."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from text2llm.sandbox.apis.base import Api, as_list, as_object, choose_tool, has, split_text
from text2llm.sandbox.values import Json, Mistake, ParsedCall


class Ollama(Api):
    name = "ollama"

    def find_mistake(self, call: ParsedCall) -> Mistake | None:
        return None if has(call.body, "model", str) else Mistake("missing-model")

    def find_tool(self, body: Json) -> str | None:
        """The first tool: the API cannot force one, and the sandbox's model always calls it."""
        names = [str(as_object(tool.get("function")).get("name")) for tool in as_list(body.get("tools"))]
        return choose_tool(names, None, required=True)

    def find_images(self, body: Json) -> list[str]:
        lists = (message.get("images") for message in as_list(body.get("messages")))
        return [str(image) for images in lists if isinstance(images, list) for image in images]

    def complete(self, call: ParsedCall) -> Json:
        answer: Json = {"model": call.model, "created_at": format_time(call.request.now)}
        if not as_list(call.body.get("messages")):  # without a message it only loads the model
            return answer | {"message": {"role": "assistant", "content": ""}, "done_reason": "load", "done": True}
        tool = self.find_tool(call.body)
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

    def think(self, response: Json) -> Json:
        message = {**response["message"], "content": "", "thinking": "ping means"}
        return {**response, "message": message, "done_reason": "length", "eval_count": 8}

    def strip_content(self, response: Json) -> Json:
        return {"model": response["model"], "created_at": response["created_at"], "done": False}

    def streams(self, call: ParsedCall) -> bool:
        return call.body.get("stream") is not False

    def find_stream_type(self, _call: ParsedCall) -> str:
        return "application/x-ndjson"

    def stream(self, response: Json, _call: ParsedCall) -> bytes:
        """The lines of https://docs.ollama.com/api/streaming."""
        head = {name: response[name] for name in ("model", "created_at") if name in response}
        message = response.get("message") or {}
        lines = [
            {**head, "message": part, "done": False}
            for name in ("thinking", "content", "tool_calls")
            for part in _parts(name, message.get(name))
        ]
        ended = {**response, "message": {"role": "assistant", "content": ""}}
        return b"".join(json.dumps(line).encode() + b"\n" for line in (*lines, ended))

    def stream_error(self, error: Json) -> bytes:
        return json.dumps(error).encode() + b"\n"


def _parts(name: str, value: Any) -> list[Json]:
    silent: Json = {"role": "assistant", "content": ""}
    return [{**silent, name: part} for part in ([value] if isinstance(value, list) else split_text(value))]


def format_time(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")
