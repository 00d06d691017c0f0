"""Bedrock's Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.

The access key id of the signature decides what is played. The signature must be complete; it is not verified, since
the sandbox knows no secret.
"""

from __future__ import annotations

import json
import re
import struct
from zlib import crc32

from text2llm.sandbox.apis.base import Api, as_list, as_object, find_bearer, has, split_text
from text2llm.sandbox.values import HttpRequest, Json, Mistake, ParsedCall

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signed-request-methods.html
_SIGNATURE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/\s,]+)/\d{8}/[a-z0-9-]+/bedrock/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=[0-9a-f]{64}"
)
_SIGNED = {"host", "x-amz-date"}
_STRING = 7  # the type of a header's value


class BedrockConverse(Api):
    name = "bedrock-converse"
    id_header = "x-amzn-requestid"

    def find_key(self, request: HttpRequest) -> str | None:
        """The access key id, or a Bedrock API key."""
        named = re.search(r"Credential=([^/\s,]+)", request.headers.get("authorization", ""))
        return named[1] if named else find_bearer(request)

    def find_header_mistake(self, request: HttpRequest, *, is_token: bool) -> Mistake | None:  # noqa: ARG002
        """An incomplete signature."""
        if find_bearer(request):
            return None
        signature = _SIGNATURE.fullmatch(request.headers.get("authorization", ""))
        signed = set(signature[2].split(";")) if signature else set()
        return None if signed >= _SIGNED and "x-amz-date" in request.headers else Mistake("incomplete-signature")

    def find_mistake(self, call: ParsedCall) -> Mistake | None:
        if not as_list(call.body.get("messages")):
            return Mistake("missing-field", {"field": "messages"})
        tokens = as_object(call.body.get("inferenceConfig")).get("maxTokens", 1)
        return None if isinstance(tokens, int) and tokens > 0 else Mistake("bad-request")

    def find_tool(self, body: Json) -> str | None:
        config = as_object(body.get("toolConfig"))
        names = [str(as_object(tool.get("toolSpec")).get("name")) for tool in as_list(config.get("tools"))]
        choice = as_object(config.get("toolChoice"))
        named = as_object(choice.get("tool")).get("name")
        return str(named) if named in names else names[0] if names and "any" in choice else None

    def find_images(self, body: Json) -> list[str]:
        parts = (part for message in as_list(body.get("messages")) for part in as_list(message.get("content")))
        return [str(as_object(part["image"].get("source")).get("bytes")) for part in parts if has(part, "image", dict)]

    def complete(self, call: ParsedCall) -> Json:
        tool = self.find_tool(call.body)
        use: Json = {"toolUse": {"toolUseId": f"tooluse_{call.request.id}", "name": tool, "input": {}}}
        return {
            "output": {"message": {"role": "assistant", "content": [use if tool else {"text": "pong"}]}},
            "stopReason": "tool_use" if tool else "end_turn",
            "usage": {"inputTokens": 8, "outputTokens": 1, "totalTokens": 9},
            "metrics": {"latencyMs": 180},
        }

    def think(self, response: Json) -> Json:
        usage = {"inputTokens": 8, "outputTokens": 8, "totalTokens": 16}
        output = {"message": {"role": "assistant", "content": []}}
        return {**response, "output": output, "stopReason": "max_tokens", "usage": usage}

    def strip_content(self, response: Json) -> Json:
        return {name: value for name, value in response.items() if name != "output"}

    def rename(self, response: Json, model: str) -> Json:  # noqa: ARG002 - the API does not name the model
        return response

    def streams(self, call: ParsedCall) -> bool:
        return call.request.path.endswith("/converse-stream")

    def find_stream_type(self, _call: ParsedCall) -> str:
        return "application/vnd.amazon.eventstream"

    def stream(self, response: Json, _call: ParsedCall) -> bytes:
        """The events of https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html."""
        blocks = as_object(as_object(response.get("output")).get("message")).get("content", ())
        events: list[tuple[str, Json]] = [
            ("messageStart", {"role": "assistant"}),
            *(event for index, block in enumerate(blocks) for event in _block_events(index, block)),
            ("messageStop", {"stopReason": response["stopReason"]}),
            ("metadata", {"usage": response["usage"], "metrics": response["metrics"]}),
        ]
        return b"".join(_frame({":event-type": name, ":message-type": "event"}, value) for name, value in events)

    def stream_error(self, error: Json) -> bytes:
        return _frame({":exception-type": "serviceUnavailableException", ":message-type": "exception"}, error)


def _block_events(index: int, block: Json) -> list[tuple[str, Json]]:
    place = {"contentBlockIndex": index}
    end: tuple[str, Json] = ("contentBlockStop", place)
    if "toolUse" not in block:
        deltas = ({"text": part} for part in split_text(block.get("text")))
        return [*(("contentBlockDelta", {"delta": delta, **place}) for delta in deltas), end]
    begun = {name: value for name, value in block["toolUse"].items() if name != "input"}
    delta = {"toolUse": {"input": json.dumps(block["toolUse"]["input"])}}
    return [
        ("contentBlockStart", {"start": {"toolUse": begun}, **place}),
        ("contentBlockDelta", {"delta": delta, **place}),
        end,
    ]


def _frame(headers: dict[str, str], value: Json) -> bytes:
    """A message of https://smithy.io/2.0/aws/amazon-eventstream.html."""
    payload = json.dumps(value).encode()
    packed = b"".join(map(_pack_header, (headers | {":content-type": "application/json"}).items()))
    prelude = struct.pack("!II", len(packed) + len(payload) + 16, len(packed))
    message = prelude + struct.pack("!I", crc32(prelude)) + packed + payload
    return message + struct.pack("!I", crc32(message))


def _pack_header(header: tuple[str, str]) -> bytes:
    name, value = (text.encode() for text in header)
    return struct.pack("!B", len(name)) + name + struct.pack("!BH", _STRING, len(value)) + value
