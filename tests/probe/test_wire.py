from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.probe.making import make_call
from text2llm.probe.wire import WIRES, build_request
from text2llm.probe.wire.outcome import is_same_model


def test_smallest_completion_of_openai() -> None:
    request = build_request(make_call("openai-completions", url="http://127.0.0.1:1/v1"), 8)
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers == (("content-type", "application/json"),)
    assert json.loads(request.body) == {
        "model": "m1",
        "messages": [{"role": "user", "content": "ping"}],
        "stream": False,
        "max_tokens": 8,
    }


def test_smallest_message_of_anthropic() -> None:
    request = build_request(make_call("anthropic-messages"), 8)
    assert request.path == "/v1/messages"
    assert dict(request.headers) == {"content-type": "application/json", "anthropic-version": "2023-06-01"}
    assert json.loads(request.body) == {
        "model": "m1",
        "messages": [{"role": "user", "content": "ping"}],
        "max_tokens": 8,
    }


@pytest.mark.parametrize(
    ("field", "least", "expected"),
    [
        ("max_completion_tokens", 16, {"max_completion_tokens": 16}),
        ("max_completion_tokens", 1, {"max_completion_tokens": 8}),
        ("generationConfig.maxOutputTokens", 1, {"generationConfig": {"maxOutputTokens": 8}}),
        (None, 1, {}),
    ],
)
def test_limit_of_tokens_follows_the_descriptor(field: str | None, least: int, expected: dict[str, object]) -> None:
    call = replace(make_call("openai-completions"), max_tokens_field=field, min_tokens=least)
    body = json.loads(build_request(call, 8).body)
    assert {key: value for key, value in body.items() if key not in {"model", "messages", "stream"}} == expected


def test_model_in_a_path_is_quoted() -> None:
    call = replace(make_call("openai-completions", "a/b ?c"), path="/models/{model}:run")
    assert build_request(call, 8).path == "/models/a%2Fb%20%3Fc:run"


def test_no_request_names_another_product() -> None:
    for api in WIRES:
        request = build_request(make_call(api), 8)
        assert not {name for name, _ in request.headers} & {"user-agent", "http-referer", "x-title", "x-app"}
        assert b"tools" not in request.body


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("gpt-5-mini", "gpt-5-mini"),
        ("gpt-5-mini", "gpt-5-mini-2025-08-07"),
        ("GPT-4", "gpt-4-0613"),
        ("claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet-latest"),
        ("claude-haiku-4-5", "anthropic/claude-haiku-4-5"),
        ("openai/gpt-oss-20b", "gpt-oss-20b"),
        ("meta-llama/llama-3.1-8b-instruct:free", "meta-llama/llama-3.1-8b-instruct"),
        ("command-r", "command-r-08-2024"),
        ("gemini-1.5-flash", "gemini-1.5-flash-001"),
        ("claude-sonnet-4", "Claude Sonnet 4"),
        ("openrouter/auto", "anthropic/claude-opus-4-5"),
        ("grok-4", "grok-4-0709"),
    ],
)
def test_snapshot_of_the_same_family_is_the_same_model(asked: str, answered: str) -> None:
    assert is_same_model(asked, answered)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("gpt-5", "gpt-5-mini"),
        ("gpt-5-mini", "gpt-5"),
        ("claude-opus-4-5", "claude-opus-4-1"),
        ("claude-opus-4-5", "claude-sonnet-4-5"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-08-06"),
        ("gemini-3-pro", "gemini-3-pro-preview"),
        ("m1", "m2"),
        ("llama3:8b", "llama3:70b"),
        ("m1", "/"),
        ("/", "/"),
    ],
)
def test_other_model_is_another_model(asked: str, answered: str) -> None:
    assert not is_same_model(asked, answered)
