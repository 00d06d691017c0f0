"""Streamed responses are folded into the object of the response that is sent at once, and judged as that one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.probe.making import SUCCESSES, make_call, respond
from tests.probe.test_truth_table import SAME
from text2llm.net.json_body import MAX_JSON_BYTES
from text2llm.upstream.judge import judge
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.upstream.wire import WIRES
from text2llm.upstream.wire.events import merge_deltas

OPENAI, RESPONSES, ANTHROPIC = "openai-completions", "openai-responses", "anthropic-messages"
GOOGLE, OLLAMA = "google-generative-ai", "ollama"
AZURE, BEDROCK = "azure-openai", "bedrock-converse"
CUT = "HTTP 200: the stream stops before its end"


def chunk(delta: Any = None, finish: str | None = None, **changes: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"object": "chat.completion.chunk", "model": "m2", "choices": [choice]} | changes


NOOP = {"tool_calls": [{"index": 0, "id": "1", "function": {"name": "noop", "arguments": ""}}]}
CHUNKS = [
    chunk({"role": "assistant", "content": ""}),
    chunk({"role": "", "reasoning": "a"}),
    chunk({"reasoning": "b", "content": None}),
    chunk(NOOP),
    chunk({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}),
    chunk({}, "tool_calls"),
    {"model": "m2", "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}},
]
RESPONSE = SUCCESSES[RESPONSES]("m2")
ITEM = {"type": "function_call", "name": "noop"}
ITEMS = [
    {"type": "response.created", "response": RESPONSE | {"status": "in_progress", "output": []}},
    {"type": "response.output_item.done", "item": ITEM},
    {"type": "response.completed", "response": RESPONSE | {"output": []}},
]
BLOCKS = [
    {"type": "message_start", "message": SUCCESSES[ANTHROPIC]("m2") | {"content": [], "stop_reason": None}},
    {"type": "ping"},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "a"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "name": "noop", "input": {}}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 5}},
    {"type": "message_stop"},
]
CALL_PART = {"functionCall": {"name": "noop", "args": {}}}
PARTS = [
    {"modelVersion": "m2", "candidates": [{"content": {"role": "model", "parts": [{"text": "a", "thought": True}]}}]},
    {"modelVersion": "m2", "candidates": [{"content": {"role": "model", "parts": [CALL_PART]}}]},
    {"candidates": [{"finishReason": "STOP", "content": {}}], "usageMetadata": {"promptTokenCount": 1}},
]
FUNCTION = {"function": {"name": "noop", "arguments": {}}}
LINES = [
    {"model": "m2", "message": {"role": "assistant", "content": "a"}, "done": False},
    {"model": "m2", "message": {"role": "assistant", "content": "", "tool_calls": [FUNCTION]}, "done": False},
    {"model": "m2", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"},
]
STREAMS: dict[str, list[Any]] = {
    OPENAI: CHUNKS,
    RESPONSES: ITEMS,
    ANTHROPIC: BLOCKS,
    GOOGLE: PARTS,
    OLLAMA: LINES,
    AZURE: CHUNKS,
}
APIS = tuple(api for api in WIRES if api != BEDROCK)
#: What a Converse stream has in its binary frames, on another path than whole responses.
FRAMES = [
    {"role": "assistant"},
    {"contentBlockIndex": 0, "delta": {"text": "pong"}},
    {"contentBlockIndex": 0},
    {"stopReason": "end_turn"},
    {"metrics": {"latencyMs": 1}, "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}},
]


def stream(api: str, events: list[Any], end: str = "", newline: str = "\n") -> bytes:
    if api == OLLAMA:
        return "\n".join(map(json.dumps, events)).encode() + b"\n"
    named = (f"event: {each.get('type', 'x')}{newline}data: {json.dumps(each)}{newline * 2}" for each in events)
    return (f": comment{newline * 2}" + "".join(named) + end).encode()


def judge_stream(api: str, body: bytes, *, tool: bool = False) -> Verdict:
    return judge(replace(make_call(api), tool=tool), respond(body))


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("tool", [False, True])
def test_stream_with_its_end_is_ok(api: str, newline: str, tool: bool) -> None:  # noqa: FBT001
    verdict = judge_stream(api, stream(api, STREAMS[api], newline=newline), tool=tool)
    assert (verdict.reason, verdict.error, verdict.answered_by) == (None, None, "m2")


@pytest.mark.parametrize("api", APIS)
def test_stream_without_its_end_is_not_ok(api: str) -> None:
    ends = {OPENAI: 5, AZURE: 5, RESPONSES: 2, ANTHROPIC: 8, GOOGLE: 2, OLLAMA: 2}
    for count in range(1, ends[api] + 1):
        assert judge_stream(api, stream(api, STREAMS[api][:count])).reason is Reason.INVALID_RESPONSE
    assert ends[api] < len(STREAMS[api])


@pytest.mark.parametrize("api", APIS)
def test_stream_cut_in_an_event_is_not_ok(api: str) -> None:
    whole = stream(api, STREAMS[api])
    for cut in range(1, 40):
        assert judge_stream(api, whole[: len(whole) // 2 - cut]).reason is Reason.INVALID_RESPONSE


@pytest.mark.parametrize("api", APIS)
def test_error_in_a_stream_is_an_error_whatever_came_before(api: str) -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "overloaded"}}
    for place in range(len(STREAMS[api]) + 1):
        events = [*STREAMS[api][:place], error, *STREAMS[api][place:]]
        verdict = judge_stream(api, stream(api, events))
        assert verdict.reason is not None
        assert place == 0 or verdict.reason is Reason.OVERLOADED


@pytest.mark.parametrize("api", APIS)
def test_stream_of_another_api_is_not_ok(api: str) -> None:
    for other, events in STREAMS.items():
        assert (judge_stream(api, stream(other, events)).reason is None) is (other in {api, SAME.get(api)})


@pytest.mark.parametrize("api", [BEDROCK, *STREAMS])
def test_no_stream_is_a_success_of_bedrock(api: str) -> None:
    body = stream(api, STREAMS.get(api, FRAMES))
    assert judge_stream(BEDROCK, body).reason is Reason.INVALID_RESPONSE


@pytest.mark.parametrize("api", APIS)
def test_event_with_a_key_twice_is_not_ok(api: str) -> None:
    body = (
        stream(api, STREAMS[api])
        .replace(b'"model', b'"model": "m1", "model', 1)
        .replace(b'"modelVersion": "m1"', b'"model": "m1"')
    )
    twice = body.replace(b'{"', b'{"z": 1, "z": 2, "', 1)
    assert judge_stream(api, twice).reason is Reason.INVALID_RESPONSE


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"data: [DONE]\n\n", CUT),
        (b"data: 5\n\n", "HTTP 200: the response is not a JSON object"),
        (b"data: null\n\n", "HTTP 200: the response is not a JSON object"),
        (b"data:\n\n:\n\n", CUT),
        (b"data: <html>\n\n", "HTTP 200: an event of the stream is invalid: the body is not JSON"),
        (b"data: \xff\xfe\n\n", "HTTP 200: the body is not UTF-8"),
        (b"data: " + b" " * MAX_JSON_BYTES, f"HTTP 200: the body is larger than {MAX_JSON_BYTES // 1024} KiB"),
    ],
)
def test_stream_of_nothing_is_invalid(body: bytes, problem: str) -> None:
    for api in (OPENAI, RESPONSES, ANTHROPIC, GOOGLE, "bedrock-converse"):
        verdict = judge_stream(api, body)
        assert (verdict.reason, verdict.error) == (Reason.INVALID_RESPONSE, problem)


def test_done_does_not_end_a_stream_whose_choice_has_no_reason() -> None:
    for end in ("data: [DONE]", ""):
        assert judge_stream(OPENAI, stream(OPENAI, [chunk({"content": "a"})], end)).error == CUT
        assert judge_stream(OPENAI, stream(OPENAI, [chunk({"content": "a"}, "stop")], end)).reason is None


@pytest.mark.parametrize(
    ("api", "events", "reason"),
    [
        (OPENAI, [chunk({"content": "a"}, "error")], Reason.INVALID_RESPONSE),
        (OPENAI, [chunk({"content": ""}, "stop")], Reason.INVALID_RESPONSE),
        (
            RESPONSES,
            [{"type": "response.failed", "response": RESPONSE | {"status": "failed"}}],
            Reason.INVALID_RESPONSE,
        ),
        (RESPONSES, [{"type": "response.completed"}], Reason.INVALID_RESPONSE),
        (GOOGLE, [{"promptFeedback": {"blockReason": "SAFETY"}}], Reason.BAD_REQUEST),
        (ANTHROPIC, [*BLOCKS[:1], {"type": "message_stop"}], Reason.INVALID_RESPONSE),
        (OLLAMA, [LINES[2], LINES[2]], Reason.INVALID_RESPONSE),
        (OLLAMA, [{"done": False}, {"x": 1}], Reason.INVALID_RESPONSE),
    ],
)
def test_folded_stream_is_judged_as_a_whole_response(api: str, events: list[Any], reason: Reason | None) -> None:
    assert judge_stream(api, stream(api, events)).reason is reason


def test_events_may_lack_the_line_between_them_and_one_may_have_several_lines() -> None:
    dense = stream(OPENAI, CHUNKS, "data: [DONE]").replace(b"\n\n", b"\n")
    assert judge_stream(OPENAI, dense).reason is None
    spread = stream(OPENAI, CHUNKS).replace(b', "choices"', b',\ndata: "choices"')
    assert judge_stream(OPENAI, spread).reason is None


def test_parts_of_a_message_are_joined_and_names_are_not() -> None:
    whole: dict[str, Any] = {}
    for delta in ({"role": "a", "text": "x", "calls": [1]}, {"role": "a", "text": "y", "calls": [2], "none": None}):
        merge_deltas(whole, delta)
    assert whole == {"role": "a", "text": "xy", "calls": [1, 2]}
