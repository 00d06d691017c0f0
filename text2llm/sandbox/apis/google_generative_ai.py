"""Google's generateContent: https://ai.google.dev/api/generate-content."""

from __future__ import annotations

import json

from text2llm.sandbox.apis.base import Api, as_list, as_object, has
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

    def stream(self, response: Json) -> bytes:
        return b"data: " + json.dumps(response).encode() + b"\r\n\r\n"


def _usage(**spent: int) -> Json:
    details = [{"modality": "TEXT", "tokenCount": 2}]
    return {"promptTokenCount": 2, **spent, "totalTokenCount": 2 + sum(spent.values()), "promptTokensDetails": details}
