from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.sandbox.talking import ANTHROPIC, PATHS, QUESTION, Client
from text2llm.sandbox.answers import answer
from text2llm.sandbox.behaviors import BEHAVIORS
from text2llm.sandbox.exchange import SandboxState
from text2llm.sandbox.record import describe_request
from text2llm.sandbox.scenario import Scenario, parse_scenario
from text2llm.sandbox.server import serve
from text2llm.sandbox.values import HttpRequest

REAL = "sk-proj-4f9kQ2m1x8q0zT7b"


def record(
    path: str = PATHS["openai"],
    headers: Mapping[str, str] | None = None,
    body: bytes = b"{}",
    query: Mapping[str, str] | None = None,
    scenario: Scenario | None = None,
) -> dict[str, Any]:
    request = HttpRequest("POST", path, query or {}, headers or {}, body, "req_1", 0)
    played = scenario or Scenario()
    return describe_request(request, answer(request, SandboxState("http://127.0.0.1:1", played)), played)


def params(**fields: object) -> Any:
    return record(body=json.dumps(QUESTION | fields).encode(), headers=bearer("sandbox-ok"))["params"]


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def test_a_request_is_recorded_with_its_response() -> None:
    body = json.dumps(QUESTION | {"temperature": 0.2, "reasoning": {"effort": "high"}}).encode()
    assert record(headers=bearer("sandbox-limited"), body=body, query={"api-version": "2024-10-21"}) == {
        "method": "POST",
        "path": "/v1/chat/completions",
        "query": {"api-version": "2024-10-21"},
        "model": "m1",
        "key": "sandbox-limited",
        "params": {"max_tokens": 8, "temperature": 0.2, "reasoning": {"effort": "high"}},
        "status": 429,
        "behaviour": "limited",
    }


def test_a_model_in_the_path_is_recorded() -> None:
    told = record(PATHS["google"], {"x-goog-api-key": "sandbox-ok"})
    assert (told["model"], told["path"]) == ("m1", "/v1beta/models/m1:generateContent")


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/nowhere"])
def test_no_model_is_null(path: str) -> None:
    assert record(path, body=b"no json")["model"] is None


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({}, None),
        (bearer("sandbox-ok-team1"), "sandbox-ok-team1"),
        (bearer("none"), "none"),
        ({"authorization": "sandbox-ok"}, "sandbox-ok"),
        ({"api-key": REAL}, "unknown-key"),
        (bearer(REAL), "unknown-key"),
        (bearer("sandbox-ok") | {"x-api-key": REAL}, "sandbox-ok, unknown-key"),
        (bearer("sandbox-ok") | {"x-api-key": "sandbox-ok"}, "sandbox-ok"),
    ],
)
def test_only_a_public_key_is_recorded(headers: Mapping[str, str], key: str | None) -> None:
    assert record(headers=headers)["key"] == key


def test_a_key_in_the_scenario_is_recorded_but_not_one_that_matches_its_pattern() -> None:
    scenario = parse_scenario({"answers": [{"key": "ci", "plays": "ok"}, {"key": "*", "plays": "ok"}]}, BEHAVIORS)
    keys = [record(headers=bearer(key), scenario=scenario)["key"] for key in ("ci", REAL)]
    assert keys == ["ci", "unknown-key"]


@pytest.mark.parametrize(
    "request_of_it",
    [
        {"headers": bearer(REAL), "path": f"/v1/{REAL}/chat"},
        {"headers": bearer(REAL), "body": json.dumps({"model": REAL, "user": f"it is {REAL}", REAL: 1}).encode()},
        {"query": {"key": REAL, "access_token": REAL, "x": REAL}},
        {"path": "/v1/messages", "headers": ANTHROPIC | {"x-api-key": REAL}, "body": f'["{REAL}"]'.encode()},
        {"headers": {"authorization": f"Basic {REAL}"}, "body": json.dumps({"a": [{"b": [REAL]}]}).encode()},
        {"path": "/oauth/token", "body": json.dumps({"grant_type": "refresh_token", "refresh_token": REAL}).encode()},
    ],
)
def test_no_part_of_a_real_key_is_recorded(request_of_it: dict[str, Any]) -> None:
    told = json.dumps(record(**request_of_it))
    assert not any(REAL[at : at + 6] in told for at in range(3, len(REAL) - 6))


@pytest.mark.parametrize(
    "fields",
    [
        {"api_key": "hunter2"},
        {"extra": {"Authorization": "hunter2"}},
        {"mcp_servers": [{"authorization_token": "hunter2"}]},
        {"user": "hunter2 " * 40},
        {"a": {"b": {"c": {"d": {"e": {"f": "hunter2"}}}}}},
    ],
)
def test_no_secret_in_a_parameter_is_recorded(fields: dict[str, Any]) -> None:
    assert "hunter2" not in json.dumps(params(**fields))


@pytest.mark.parametrize("text", ["0123456789abcdef", "0f8fad5b-d9cd-469f-a165-70867728950e", "a" * 25, "x" * 300])
def test_what_looks_like_a_secret_is_redacted(text: str) -> None:
    assert params(user=text)["user"] == "[redacted]"


@pytest.mark.parametrize(
    "value",
    [
        "deepinfra/turbo",
        "anthropic/claude-opus-4-5-20251101",
        {"order": ["Anthropic", "amazon-bedrock"], "allow_fallbacks": False},
        {"type": "enabled", "budget_tokens": 1024},
        None,
    ],
)
def test_a_parameter_is_recorded_unchanged(value: object) -> None:
    assert params(provider=value)["provider"] == value


def test_a_conversation_is_not_recorded() -> None:
    assert params(tools=[{"name": "f"}], system="be brief") == {"max_tokens": 8}


def test_a_line_has_bounds_and_is_json() -> None:
    many = {f"p{number}": 1 for number in range(100)}
    told = params(**many, big=[list(range(100))] * 100)
    assert len(told) == 64
    body = (
        b'{"n": NaN, "deep": '
        + b"[" * 900
        + b"]" * 900
        + b', "big": {"a": ['
        + b'"twenty letters long",' * 300
        + b"1]}}"
    )
    told = record(headers=bearer("sandbox-ok"), body=body)["params"]
    assert told["n"] == "[redacted]"
    assert told["big"] == {"a": "[redacted]"}
    json.dumps(told, allow_nan=False)


@pytest.fixture
def lines() -> Iterator[tuple[Client, list[dict[str, Any]]]]:
    kept: list[dict[str, Any]] = []
    with serve(record=kept.append) as sandbox:
        yield Client(sandbox.port), kept


def test_a_line_is_there_before_the_answer(lines: tuple[Client, list[dict[str, Any]]]) -> None:
    client, kept = lines
    client.ask("openai", "sandbox-ok")
    client.send("GET", "/nowhere", {})
    assert [(each["status"], each["behaviour"]) for each in kept] == [(200, "ok"), (404, "unknown-path")]


def test_signature_is_named_by_its_access_key_id() -> None:
    credential = "Credential=sandbox-limited/20270115/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=ab"
    headers = {"authorization": f"AWS4-HMAC-SHA256 {credential}"}
    assert record("/model/m1/converse", headers)["key"] == "sandbox-limited"
