"""Google's generateContent: https://ai.google.dev/api/generate-content."""

from __future__ import annotations

import json

from text2llm.sandbox.values import Api, Call, Json, Mistake, Request, as_list, as_object, find_nothing, has


def _find_key(request: Request) -> str | None:
    """The key of the header; the one of the URL, which lands in logs, is taken for none on purpose."""
    return request.headers.get("x-goog-api-key") or None


def _find_mistake(call: Call) -> Mistake | None:
    contents = as_list(call.body.get("contents"))
    if not contents:
        return Mistake("missing-field", {"field": "contents"})
    if not all(has(content, "parts", list) for content in contents):
        return Mistake("missing-parts")
    tokens = as_object(call.body.get("generationConfig")).get("maxOutputTokens", 1)
    return (
        None if isinstance(tokens, int) and tokens > 0 else Mistake("below-minimum", {"value": json.dumps(tokens)[:40]})
    )


def _find_tool(body: Json) -> str | None:
    declared = (as_list(tool.get("functionDeclarations")) for tool in as_list(body.get("tools")))
    names = [str(function.get("name")) for functions in declared for function in functions]
    config = as_object(as_object(body.get("toolConfig")).get("functionCallingConfig"))
    wanted = config.get("allowedFunctionNames")
    allowed = wanted if isinstance(wanted, list) and wanted else names
    return next((name for name in names if name in allowed), None) if config.get("mode") == "ANY" else None


def _find_images(body: Json) -> list[str]:
    parts = (part for content in as_list(body.get("contents")) for part in as_list(content.get("parts")))
    found = (as_object(part.get("inlineData") or part.get("inline_data")) for part in parts)
    return [str(data.get("data", "")) for data in found if data]


def _complete(call: Call) -> Json:
    tool = _find_tool(call.body)
    part: Json = {"functionCall": {"name": tool, "args": {}}} if tool else {"text": "pong"}
    candidate = {"content": {"parts": [part], "role": "model"}, "finishReason": "STOP", "index": 0}
    return {
        "candidates": [candidate],
        "usageMetadata": _usage(candidatesTokenCount=1),
        "modelVersion": call.model,
        "responseId": call.request.id,
    }


def _usage(**spent: int) -> Json:
    details = [{"modality": "TEXT", "tokenCount": 2}]
    return {"promptTokenCount": 2, **spent, "totalTokenCount": 2 + sum(spent.values()), "promptTokensDetails": details}


def _think(answer: Json) -> Json:
    candidate = {"content": {"role": "model"}, "finishReason": "MAX_TOKENS", "index": 0}
    return {**answer, "candidates": [candidate], "usageMetadata": _usage(thoughtsTokenCount=8)}


def _hollow(answer: Json) -> Json:
    return {"candidates": [], "modelVersion": answer["modelVersion"]}


def _rename(answer: Json, model: str) -> Json:
    return {**answer, "modelVersion": model}


def _streams(call: Call) -> bool:
    return call.request.path.endswith(":streamGenerateContent")


def _stream(answer: Json) -> bytes:
    return b"data: " + json.dumps(answer).encode() + b"\r\n\r\n"


API = Api(
    name="google-generative-ai",
    id_header=None,
    find_key=_find_key,
    find_header_mistake=find_nothing,
    find_mistake=_find_mistake,
    find_tool=_find_tool,
    find_images=_find_images,
    complete=_complete,
    think=_think,
    hollow=_hollow,
    rename=_rename,
    streams=_streams,
    stream=_stream,
)
