"""The API of ``/model/ID/converse``: Amazon Bedrock's, the same for the models of every publisher.

Source: docs.aws.amazon.com, API_runtime_Converse; pydantic/pydantic-ai tests/models/cassettes/test_bedrock.
"""

from __future__ import annotations

from typing import Any

from text2llm.upstream.wire.events import TruncatedStreamError
from text2llm.upstream.wire.outcome import Invalid, Outcome, Uncalled, check_work, end_error, is_written, read_usage
from text2llm.upstream.wire.shape import NO_ARGUMENTS, PIXEL, TOOL, TOOL_DESCRIPTION, CompletionCall, Wire

_CUT = "max_tokens"
#: How a message ends before the model does.
_EARLY = frozenset({_CUT, "guardrail_intervened", "content_filtered", "model_context_window_exceeded"})
#: The model replied, but not with a call that can be parsed.
_MISCALLED = frozenset({"malformed_tool_use", "malformed_model_output"})
_ENDS = _EARLY | _MISCALLED | {"end_turn", "stop_sequence", "tool_use"}


def _build_body(call: CompletionCall) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"text": call.prompt}]
    if call.image:
        content.append({"image": {"format": "png", "source": {"bytes": PIXEL}}})
    body: dict[str, Any] = {"messages": [{"role": "user", "content": content}]}
    if call.tool:
        spec = {"name": TOOL, "description": TOOL_DESCRIPTION, "inputSchema": {"json": NO_ARGUMENTS}}
        body["toolConfig"] = {"tools": [{"toolSpec": spec}], "toolChoice": {"tool": {"name": TOOL}}}
    return body


def _find_fault(body: dict[str, Any], call: CompletionCall) -> Outcome | None:
    output, end = body.get("output"), body.get("stopReason")
    message = output.get("message") if isinstance(output, dict) else None
    blocks = _blocks(message)
    if blocks is None:
        return Invalid("the response has no assistant message")
    if not isinstance(end, str):
        return Invalid("the message is not finished")
    if call.tool and end in _MISCALLED:
        return Uncalled(cut=False)
    if end not in _ENDS:
        return end_error(end)
    written = any(is_written(value) for block in blocks for value in block.values())
    usage = read_usage(body.get("usage"), ("inputTokens",), ("outputTokens",))
    return check_work(usage, generated=written, ended_early=end in _EARLY)


def _blocks(message: Any) -> list[dict[str, Any]] | None:
    """The content of an assistant's message; ``None`` if it is none."""
    blocks = message.get("content") if isinstance(message, dict) and message.get("role") == "assistant" else None
    return blocks if isinstance(blocks, list) and all(isinstance(block, dict) for block in blocks) else None


def _fold(_events: list[Any]) -> dict[str, Any]:
    """Never a response: this API streams binary frames, on another path."""
    raise TruncatedStreamError


def _called(body: dict[str, Any]) -> bool:
    uses = [block.get("toolUse") for block in _blocks(body["output"]["message"]) or ()]
    return any(isinstance(use, dict) and use.get("name") == TOOL for use in uses)


WIRE = Wire(
    api="bedrock-converse",
    path="/model/{model}/converse",
    build_body=_build_body,
    find_fault=_find_fault,
    is_event=lambda _event: False,
    fold=_fold,
    called=_called,
    cut=lambda body: bool(body["stopReason"] == _CUT),
    max_tokens_field="inferenceConfig.maxTokens",
)
