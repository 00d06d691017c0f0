"""Google's generateContent: https://ai.google.dev/api/generate-content."""

from __future__ import annotations

import json

from text2llm.sandbox.apis.base import EVENT_STREAM, Api, as_list, as_object, has, split_text
from text2llm.sandbox.values import HttpRequest, Json, Mistake, ParsedCall


class GoogleGenerativeAi(Api):
    name = "google-generative-ai"

    def find_key(self, request: HttpRequest) -> str | None:
        """The header's key; one in the URL, which would be logged, is ignored on purpose."""
        return request.headers.get("x-goog-api-key") or None

    def find_mistake(self, call: ParsedCall) -> Mistake | None:
        contents = as_list(call.body.get("contents"))
        if not contents:
            return Mistake("missing-field", {"field": "contents"})
        if not all(has(content, "parts", list) for content in contents):
            return Mistake("missing-parts")
        tokens = as_object(call.body.get("generationConfig")).get("maxOutputTokens", 1)
        if isinstance(tokens, int) and tokens > 0:
            return None
        return Mistake("below-minimum", {"value": json.dumps(tokens)[:40]})

    def find_tool(self, body: Json) -> str | None:
        declared = (as_list(tool.get("functionDeclarations")) for tool in as_list(body.get("tools")))
        names = [str(function.get("name")) for functions in declared for function in functions]
        config = as_object(as_object(body.get("toolConfig")).get("functionCallingConfig"))
        wanted = config.get("allowedFunctionNames")
        allowed = wanted if isinstance(wanted, list) and wanted else names
        return next((name for name in names if name in allowed), None) if config.get("mode") == "ANY" else None

    def find_images(self, body: Json) -> list[str]:
        parts = (part for content in as_list(body.get("contents")) for part in as_list(content.get("parts")))
        found = (as_object(part.get("inlineData") or part.get("inline_data")) for part in parts)
        return [str(data.get("data", "")) for data in found if data]

    def complete(self, call: ParsedCall) -> Json:
        tool = self.find_tool(call.body)
        part: Json = {"functionCall": {"name": tool, "args": {}}} if tool else {"text": "pong"}
        candidate = {"content": {"parts": [part], "role": "model"}, "finishReason": "STOP", "index": 0}
        return {
            "candidates": [candidate],
            "usageMetadata": _usage(candidatesTokenCount=1),
            "modelVersion": call.model,
            "responseId": call.request.id,
        }

    def think(self, response: Json) -> Json:
        candidate = {"content": {"role": "model"}, "finishReason": "MAX_TOKENS", "index": 0}
        return {**response, "candidates": [candidate], "usageMetadata": _usage(thoughtsTokenCount=8)}

    def strip_content(self, response: Json) -> Json:
        return {"candidates": [], "modelVersion": response["modelVersion"]}

    def rename(self, response: Json, model: str) -> Json:
        return {**response, "modelVersion": model}

    def streams(self, call: ParsedCall) -> bool:
        return call.request.path.endswith(":streamGenerateContent")

    def find_stream_type(self, call: ParsedCall) -> str:
        return EVENT_STREAM if call.request.query.get("alt") == "sse" else "application/json; charset=UTF-8"

    def stream(self, response: Json, call: ParsedCall) -> bytes:
        """Events with ``alt=sse``, else one list: https://cloud.google.com/apis/docs/system-parameters."""
        chunks = [json.dumps(chunk).encode() for chunk in _split(response)]
        if self.find_stream_type(call) == EVENT_STREAM:
            return b"".join(b"data: " + chunk + b"\r\n\r\n" for chunk in chunks)
        return b"[" + b"\n,\r\n".join(chunks) + b"\n]\n"


def _split(response: Json) -> list[Json]:
    """The chunks of a response, the last with the end of the candidate and its usage."""
    candidates = as_list(response.get("candidates"))
    parts = as_list(as_object(candidates[0].get("content")).get("parts")) if candidates else []
    texts = split_text(parts[0].get("text")) if parts else []
    if len(texts) <= 1:
        return [response]
    head = {name: value for name, value in response.items() if name in {"modelVersion", "responseId"}}
    first = {"content": {"parts": [{**parts[0], "text": texts[0]}], "role": "model"}, "index": 0}
    rest = [{**parts[0], "text": texts[1]}, *parts[1:]]
    last = {**candidates[0], "content": {**candidates[0]["content"], "parts": rest}}
    return [{"candidates": [first], **head}, {**response, "candidates": [last, *candidates[1:]]}]


def _usage(**spent: int) -> Json:
    details = [{"modality": "TEXT", "tokenCount": 2}]
    return {"promptTokenCount": 2, **spent, "totalTokenCount": 2 + sum(spent.values()), "promptTokensDetails": details}
