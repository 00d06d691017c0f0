"""Streamed completions, and failures in a stream, in the format of each API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.talking import QUESTIONS, Answer, Client, Quiet
from tests.sandbox.test_successes import TOOLS

SSE_PATH = "/v1beta/models/m1:streamGenerateContent?alt=sse"
#: How each API is asked for a stream.
STREAMED: dict[str, dict[str, Any]] = {
    "openai": {"stream": True},
    "responses": {"stream": True},
    "anthropic": {"stream": True},
    "google": {"path": SSE_PATH},
    "ollama": {"stream": None},
}
ALL = pytest.mark.parametrize("api", STREAMED)


def stream(quiet: Quiet, api: str, behavior: str = "ok", **changes: Any) -> Answer:
    return quiet.ask(api, f"sandbox-{behavior}", **STREAMED[api], **changes)


def types(answer: Answer) -> list[str]:
    return [event["type"] for event in answer.events]


def lines(answer: Answer) -> list[Any]:
    return [json.loads(line) for line in answer.body.splitlines()]


def test_openai_streams_chunks(quiet: Quiet) -> None:
    answer = stream(quiet, "openai")
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.body.endswith(b"data: [DONE]\n\n")
    assert {(event["object"], event["model"]) for event in answer.events} == {("chat.completion.chunk", "m1")}
    assert [event["choices"][0]["delta"] for event in answer.events] == [
        {"role": "assistant", "content": "", "refusal": None},
        {"content": "po"},
        {"content": "ng"},
        {},
    ]
    assert [event["choices"][0]["finish_reason"] for event in answer.events] == [None, None, None, "stop"]
    assert not any("usage" in event for event in answer.events)


def test_openai_streams_its_usage_if_asked_to(quiet: Quiet) -> None:
    *chunks, last = stream(quiet, "openai", stream_options={"include_usage": True}).events
    assert {event["usage"] for event in chunks} == {None}
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 9)


def test_openai_streams_tool_calls(quiet: Quiet) -> None:
    _, begun, filled, ended = (event["choices"][0] for event in stream(quiet, "openai", **TOOLS["openai"][0]).events)
    assert begun["delta"]["tool_calls"][0]["function"] == {"name": "noop", "arguments": ""}
    assert filled["delta"] == {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}
    assert ended["finish_reason"] == "tool_calls"


def test_codex_streams_events(quiet: Quiet) -> None:
    answer = quiet.ask("codex")
    assert quiet.delivery == "chunks"
    assert answer.body.startswith(b"event: response.created\ndata: {")
    assert types(answer) == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event["sequence_number"] for event in answer.events] == list(range(10))
    assert answer.events[-1]["response"]["output"][0]["content"][0]["text"] == "pong"


def test_responses_stream_calls_and_thoughts(quiet: Quiet) -> None:
    called = stream(quiet, "responses", **TOOLS["responses"][0]).events
    assert called[3]["type"] == "response.function_call_arguments.delta"
    assert called[4]["name"] == "noop"
    assert types(stream(quiet, "responses", "thinking"))[-1] == "response.incomplete"


def test_anthropic_streams_events(quiet: Quiet) -> None:
    assert types(stream(quiet, "anthropic")) == [
        "message_start",
        "ping",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    tool = stream(quiet, "anthropic", **TOOLS["anthropic"][0]).events
    assert tool[3]["delta"] == {"type": "input_json_delta", "partial_json": "{}"}


def test_google_streams_events_at_its_own_path(quiet: Quiet) -> None:
    answer = stream(quiet, "google")
    assert answer.headers["content-type"] == "text/event-stream"
    first, last = (event["candidates"][0] for event in answer.events)
    assert (first["content"]["parts"], "finishReason" in first) == ([{"text": "po"}], False)
    assert (last["content"]["parts"], last["finishReason"]) == ([{"text": "ng"}], "STOP")
    assert ["usageMetadata" in event for event in answer.events] == [False, True]


def test_google_streams_a_list_without_alt(quiet: Quiet) -> None:
    answer = quiet.ask("google", path="/v1beta/models/m1:streamGenerateContent")
    assert answer.headers["content-type"].startswith("application/json")
    assert [chunk["candidates"][0]["content"]["parts"][0]["text"] for chunk in answer.data] == ["po", "ng"]


def test_google_streams_what_has_no_text_at_once(quiet: Quiet) -> None:
    for answer in (stream(quiet, "google", "thinking"), stream(quiet, "google", **TOOLS["google"][0])):
        assert len(answer.events) == 1


def test_ollama_streams_lines_by_default(quiet: Quiet) -> None:
    answer = stream(quiet, "ollama")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [(line["message"]["content"], line["done"]) for line in lines(answer)] == [
        ("po", False),
        ("ng", False),
        ("", True),
    ]


def test_ollama_streams_calls_and_thoughts(quiet: Quiet) -> None:
    assert lines(stream(quiet, "ollama", **TOOLS["ollama"][0]))[0]["message"]["tool_calls"]
    assert lines(stream(quiet, "ollama", "thinking"))[0]["message"]["thinking"] == "ping "


def test_stream_travels_in_chunks(client: Client) -> None:
    answer = client.ask("codex", "sandbox-ok")
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.events[-1]["type"] == "response.completed"
    assert client.ask("ollama", None, {**QUESTIONS["ollama"], "stream": True}).body.count(b"\n") == 3


@ALL
def test_failure_before_a_stream_is_no_stream(quiet: Quiet, api: str) -> None:
    answer = stream(quiet, api, "limited")
    assert (answer.status, answer.headers["content-type"]) == (429, "application/json")


@ALL
def test_stream_breaks_off_with_an_error(quiet: Quiet, api: str) -> None:
    answer = stream(quiet, api, "stream-error")
    assert (answer.status, quiet.delivery) == (200, "chunks")
    *begun, last = lines(answer) if api == "ollama" else answer.events
    assert begun
    assert "error" in last
    assert quiet.ask(api, "sandbox-stream-error").status >= 429


def test_error_events_are_named_where_their_api_names_events(quiet: Quiet) -> None:
    for api in ("anthropic", "responses"):
        assert b"\n\nevent: error\ndata: {" in stream(quiet, api, "stream-error").body


@ALL
def test_unfinished_stream_lacks_its_end(quiet: Quiet, api: str) -> None:
    whole = stream(quiet, api).body
    cut = stream(quiet, api, "unfinished").body
    assert whole.startswith(cut[:20])
    assert 0 < len(cut) < len(whole)
    assert not any(end in cut for end in (b"[DONE]", b"message_stop", b"completed", b"STOP", b'"done": true'))
    assert len(quiet.ask(api, "sandbox-unfinished").body) > 10


def test_truncated_stream_closes_after_some_events(client: Client) -> None:
    sent = json.dumps({**QUESTIONS["openai"], "stream": True}).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nauthorization: Bearer sandbox-truncated\r\ncontent-length: {len(sent)}"
    )
    received = client.raw(head.encode() + b"\r\n\r\n" + sent)
    assert b"transfer-encoding: chunked" in received
    assert b'"po"' in received
    assert b'finish_reason": "stop' not in received
    assert not received.endswith(b"0\r\n\r\n")


def test_odd_number_is_in_an_event(quiet: Quiet) -> None:
    assert stream(quiet, "openai", "nan").body.startswith(b'data: {"sandbox": NaN, ')
