"""Odd successes: each row has a source, and is a completion, whole and streamed, or an error that can be avoided."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.talking import QUESTION, Quiet
from tests.sandbox.test_streams import STREAMED, stream
from text2llm.sandbox.apis import APIS
from text2llm.sandbox.oddities import ODDITIES

SHORT = {
    "openai-completions": "openai",
    "openai-responses": "responses",
    "anthropic-messages": "anthropic",
    "google-generative-ai": "google",
    "ollama": "ollama",
}
TWISTS = [(name, api, twist) for name, odd in ODDITIES.items() for api, twist in odd.twists.items()]
FIELDS = {"source", "set", "replace", "remove", "headers", "prefix", "streamPrefix", "refuse", "status", "body"}


@pytest.mark.parametrize(("name", "api", "twist"), TWISTS)
def test_oddity_names_its_source_and_api(name: str, api: str, twist: dict[str, Any]) -> None:
    assert api in APIS
    assert len(twist["source"]) > 10
    assert twist.keys() <= FIELDS
    assert len(twist) > 1


@pytest.mark.parametrize(("name", "api"), [(name, api) for name, api, twist in TWISTS if "refuse" not in twist])
def test_oddity_is_a_success_whole_and_streamed(quiet: Quiet, name: str, api: str) -> None:
    whole = quiet.ask(SHORT[api], f"sandbox-{name}")
    assert (whole.status, quiet.behavior) == (200, name)
    assert json.loads(whole.body)
    streamed = stream(quiet, SHORT[api], name)
    assert (streamed.status, quiet.delivery) == (200, "chunks")
    assert streamed.body != stream(quiet, SHORT[api]).body or name in {"bare", "cache-hit"}


@pytest.mark.parametrize("api", STREAMED)
def test_oddity_that_an_api_does_not_know_is_an_ordinary_success(quiet: Quiet, api: str) -> None:
    assert quiet.ask(api, "sandbox-keep-alive", max_tokens=8).status == 200


def test_api_of_the_same_form_plays_the_oddity_too(quiet: Quiet) -> None:
    odd = ODDITIES["cache-hit"]
    said = {api: odd.expect(api) for api in ("openai-completions", "azure-openai", "google-vertex", "bedrock-converse")}
    cached = "unknown/cached"
    assert said == dict.fromkeys(said, cached) | {"bedrock-converse": "ok"}
    path, key = "/azure-openai/openai/v1/chat/completions", {"api-key": "sandbox-null-content"}
    reply = quiet.send("POST", path, key, json.dumps(QUESTION).encode())
    assert reply.data["choices"][0]["message"]["content"] is None


def test_reasoning_alone_has_no_content(quiet: Quiet) -> None:
    choice = quiet.ask("openai", "sandbox-reasoning-only").data["choices"][0]
    assert (choice["message"]["content"], choice["message"]["reasoning"]) == (None, "We are asked")
    assert choice["finish_reason"] == "length"
    deltas = [event["choices"][0]["delta"] for event in stream(quiet, "openai", "reasoning-only").events]
    assert "".join(delta.get("reasoning", "") for delta in deltas) == "We are asked"
    assert not any(delta.get("content") for delta in deltas)
    kinds = [event.get("delta", {}).get("type") for event in stream(quiet, "anthropic", "reasoning-only").events]
    assert [kind for kind in kinds if kind] == ["thinking_delta", "thinking_delta", "signature_delta"]


def test_name_of_the_model_is_another_or_none(quiet: Quiet) -> None:
    assert quiet.ask("openai", "sandbox-dated-name").data["model"] == "m1-2026-02-01"
    assert quiet.ask("openai", "sandbox-served-name").data["model"] == "/models/small-q4.gguf"
    assert "model" not in quiet.ask("openai", "sandbox-no-name").data
    assert not any("model" in event for event in stream(quiet, "openai", "no-name").events)


def test_list_is_changed_item_by_item_unless_it_is_replaced(quiet: Quiet) -> None:
    (choice,) = quiet.ask("openai", "sandbox-length").data["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("pong", "length")
    assert quiet.ask("anthropic", "sandbox-empty-stop").data["content"] == []


def test_reply_from_a_cache_says_so_in_its_headers(quiet: Quiet) -> None:
    assert quiet.ask("openai", "sandbox-cache-hit").headers["cf-aig-cache-status"] == "HIT"


def test_reply_is_kept_alive(quiet: Quiet) -> None:
    assert quiet.ask("openai", "sandbox-keep-alive").body.startswith(b"\n\n{")
    assert stream(quiet, "openai", "keep-alive").body.startswith(b": OPENROUTER PROCESSING\n\ndata: {")


@pytest.mark.parametrize(
    ("name", "refused", "taken"),
    [
        ("stream-only", {}, {"stream": True}),
        ("no-stream", {"stream": True}, {"stream": False}),
        ("new-limit", {}, {"max_tokens": None, "max_completion_tokens": 8}),
        ("least-16", {"max_tokens": 15}, {"max_tokens": 16}),
        ("least-16", {"max_tokens": None, "max_completion_tokens": 8}, {"max_tokens": None}),
        ("long-thinker", {}, {"max_tokens": 256}),
        ("no-think-whole", {}, {"enable_thinking": False}),
        ("no-think-whole", {"enable_thinking": True}, {"stream": True}),
    ],
)
def test_model_wants_a_certain_request(quiet: Quiet, name: str, refused: dict[str, Any], taken: dict[str, Any]) -> None:
    error = quiet.ask("openai", f"sandbox-{name}", **refused)
    assert (error.status, error.data["error"]["type"]) == (400, "invalid_request_error")
    assert quiet.ask("openai", f"sandbox-{name}", **taken).status == 200


def test_mistake_wins_over_an_oddity(quiet: Quiet) -> None:
    assert quiet.ask("openai", "sandbox-cache-hit", messages=None).status == 400


def test_scenario_plays_an_oddity() -> None:
    scenario = {"answers": [{"model": "thinker", "plays": ["reasoning-only", "stream-only"]}]}
    sandbox = Quiet(scenario)
    assert sandbox.ask("openai", model="thinker").data["choices"][0]["message"]["content"] is None
    assert sandbox.ask("openai", model="thinker").status == 400
