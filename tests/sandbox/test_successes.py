"""Completions in the format of each API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.talking import ANTHROPIC, PATHS, PIXEL, QUESTION, Client, Quiet
from text2llm.sandbox.server import Sandbox

APIS = ("openai", "responses", "anthropic", "google", "ollama")
ALL = pytest.mark.parametrize("api", APIS)
FUNCTION = {"name": "noop", "description": "Does nothing.", "parameters": {"type": "object", "properties": {}}}
PICTURE_URL = f"data:image/png;base64,{PIXEL}"


def test_openai_completion_echoes_the_model(quiet: Quiet) -> None:
    completion = quiet.ask("openai").data
    assert (completion["object"], completion["model"], completion["created"]) == ("chat.completion", "m1", 1800000000)
    assert completion["choices"][0]["message"]["content"] == "pong"
    assert completion["choices"][0]["finish_reason"] == "stop"
    assert completion["usage"] == {"prompt_tokens": 8, "completion_tokens": 1, "total_tokens": 9}


def test_openai_response_echoes_the_model(quiet: Quiet) -> None:
    response = quiet.ask("responses", input=[{"role": "user", "content": "ping"}]).data
    assert (response["object"], response["status"], response["model"]) == ("response", "completed", "m1")
    assert response["output"][0]["content"][0] == {
        "type": "output_text",
        "annotations": [],
        "logprobs": [],
        "text": "pong",
    }
    assert response["usage"]["total_tokens"] == 10


def test_anthropic_message_echoes_the_model(quiet: Quiet) -> None:
    message = quiet.ask("anthropic").data
    assert (message["type"], message["role"], message["model"]) == ("message", "assistant", "m1")
    assert message["content"] == [{"type": "text", "text": "pong"}]
    assert message["stop_reason"] == "end_turn"


def test_google_content_echoes_the_model(quiet: Quiet) -> None:
    answer = quiet.ask("google").data
    (candidate,) = answer["candidates"]
    assert candidate["content"] == {"parts": [{"text": "pong"}], "role": "model"}
    assert (candidate["finishReason"], answer["modelVersion"]) == ("STOP", "m1")
    assert answer["usageMetadata"]["totalTokenCount"] == 3


def test_google_model_is_read_from_the_path(quiet: Quiet) -> None:
    answer = quiet.ask("google", path="/v1beta/models/tuned%2Fm%3A1:generateContent")
    assert answer.data["modelVersion"] == "tuned/m:1"


def test_ollama_chat_echoes_the_model(quiet: Quiet) -> None:
    chat = quiet.ask("ollama", None).data
    assert (chat["model"], chat["done"], chat["done_reason"]) == ("m1", True, "stop")
    assert chat["message"] == {"role": "assistant", "content": "pong"}
    assert chat["created_at"] == "2027-01-15T08:00:00.500000Z"


def test_ollama_without_a_message_loads_the_model(quiet: Quiet) -> None:
    assert quiet.ask("ollama", messages=[]).data["done_reason"] == "load"


def test_ollama_asks_for_no_key_and_ignores_one_it_does_not_know(quiet: Quiet) -> None:
    assert quiet.ask("ollama", None).status == 200
    assert quiet.ask("ollama", "anything").status == 200


@ALL
def test_other_model_answers_for_another(quiet: Quiet, api: str) -> None:
    answer = quiet.ask(api, "sandbox-other-model").data
    known = {"openai": "gpt-4o-mini", "responses": "gpt-4o-mini"}
    known |= {"anthropic": "claude-haiku-4-5", "google": "gemini-2.5-flash-lite"}
    assert known.get(api, "sandbox-another-model") in (answer.get("model"), answer.get("modelVersion"))


NOTHING: dict[str, tuple[str, Any]] = {
    "openai": ("choices", []),
    "responses": ("output", []),
    "anthropic": ("content", None),
    "google": ("candidates", []),
    "ollama": ("message", None),
}


@ALL
def test_no_choices_is_a_completion_with_nothing_in_it(quiet: Quiet, api: str) -> None:
    field, left = NOTHING[api]
    assert quiet.ask(api, "sandbox-no-choices").data.get(field) == left


def test_thinking_spends_the_tokens_without_text(quiet: Quiet) -> None:
    choice = quiet.ask("openai", "sandbox-thinking").data["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("", "length")
    message = quiet.ask("anthropic", "sandbox-thinking").data
    assert (message["content"], message["stop_reason"]) == ([], "max_tokens")
    response = quiet.ask("responses", "sandbox-thinking").data
    assert (response["status"], response["output"][0]["type"]) == ("incomplete", "reasoning")
    candidate = quiet.ask("google", "sandbox-thinking").data["candidates"][0]
    assert (candidate["content"], candidate["finishReason"]) == ({"role": "model"}, "MAX_TOKENS")
    chat = quiet.ask("ollama", "sandbox-thinking").data
    assert (chat["message"]["content"], chat["done_reason"]) == ("", "length")


def test_reasoning_wants_the_newer_field(quiet: Quiet) -> None:
    refused = quiet.ask("openai", "sandbox-reasoning")
    assert (refused.status, refused.data["error"]["code"]) == (400, "unsupported_parameter")
    taken = quiet.ask("openai", "sandbox-reasoning", max_tokens=None, max_completion_tokens=16)
    assert taken.data["choices"][0]["finish_reason"] == "length"
    assert quiet.ask("responses", "sandbox-reasoning").data["status"] == "incomplete"


TOOLS: dict[str, list[dict[str, Any]]] = {
    "openai": [
        {"tools": [{"type": "function", "function": FUNCTION}], "tool_choice": "required"},
        {
            "tools": [{"type": "function", "function": FUNCTION}],
            "tool_choice": {"type": "function", "function": {"name": "noop"}},
        },
    ],
    "responses": [
        {"tools": [{"type": "function", **FUNCTION}], "tool_choice": "required"},
        {"tools": [{"type": "function", **FUNCTION}], "tool_choice": {"type": "function", "name": "noop"}},
    ],
    "anthropic": [
        {"tools": [{"name": "noop", "input_schema": {}}], "tool_choice": {"type": "any"}},
        {"tools": [{"name": "noop", "input_schema": {}}], "tool_choice": {"type": "tool", "name": "noop"}},
    ],
    "google": [
        {"tools": [{"functionDeclarations": [FUNCTION]}], "toolConfig": {"functionCallingConfig": {"mode": "ANY"}}},
        {
            "tools": [{"functionDeclarations": [FUNCTION]}],
            "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["noop"]}},
        },
    ],
    "ollama": [{"tools": [{"type": "function", "function": FUNCTION}]}],
}


def called(api: str, answer: Any) -> str:
    match api:
        case "openai":
            return str(answer["choices"][0]["message"]["tool_calls"][0]["function"]["name"])
        case "responses":
            return str(answer["output"][0]["name"])
        case "anthropic":
            return str(answer["content"][0]["name"])
        case "google":
            return str(answer["candidates"][0]["content"]["parts"][0]["functionCall"]["name"])
    return str(answer["message"]["tool_calls"][0]["function"]["name"])


@pytest.mark.parametrize(("api", "demand"), [(api, demand) for api, demands in TOOLS.items() for demand in demands])
def test_forced_tool_is_called(quiet: Quiet, api: str, demand: dict[str, Any]) -> None:
    assert called(api, quiet.ask(api, **demand).data) == "noop"


@pytest.mark.parametrize("api", ["openai", "responses", "anthropic", "google"])
def test_tool_that_is_only_offered_is_not_called(quiet: Quiet, api: str) -> None:
    offered = {name: value for name, value in TOOLS[api][0].items() if name == "tools"}
    assert "pong" in quiet.ask(api, **offered).body.decode()


@pytest.mark.parametrize("api", TOOLS)
def test_model_without_tools_rejects_them(quiet: Quiet, api: str) -> None:
    assert quiet.ask(api, "sandbox-no-tools", **TOOLS[api][0]).status == 400
    assert quiet.ask(api, "sandbox-no-tools").status == 200


PICTURES: dict[str, dict[str, Any]] = {
    "openai": {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": PICTURE_URL}}]}]},
    "responses": {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": PICTURE_URL}]}]},
    "anthropic": {
        "messages": [
            {
                "role": "user",
                "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}],
            }
        ]
    },
    "google": {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": PIXEL}}]}]},
    "ollama": {"messages": [{"role": "user", "content": "look", "images": [PIXEL]}]},
}


def broken(value: Any) -> Any:
    """The same request with an invalid image."""
    if isinstance(value, dict):
        return {name: broken(each) for name, each in value.items()}
    if isinstance(value, list):
        return [broken(each) for each in value]
    return value.replace(PIXEL, "bm90IGEgcGljdHVyZQ==") if isinstance(value, str) else value


@pytest.mark.parametrize("api", PICTURES)
def test_picture_is_taken_and_what_is_none_is_refused(quiet: Quiet, api: str) -> None:
    assert quiet.ask(api, **PICTURES[api]).status == 200
    refused = quiet.ask(api, **broken(PICTURES[api]))
    assert (refused.status, refused.headers["content-type"]) == (400, "application/json")


@pytest.mark.parametrize("api", PICTURES)
def test_model_without_images_rejects_them(quiet: Quiet, api: str) -> None:
    assert quiet.ask(api, "sandbox-no-images", **PICTURES[api]).status in {400, 500}
    assert quiet.ask(api, "sandbox-no-images").status == 200


@pytest.mark.parametrize("url", ["https://pictures.invalid/a.png", "data:image/png;base64,!!!", 7, None])
def test_picture_that_cannot_be_read_is_refused(quiet: Quiet, url: object) -> None:
    content = [{"type": "image_url", "image_url": {"url": url}}]
    assert quiet.ask("openai", messages=[{"role": "user", "content": content}]).status == 400


@pytest.mark.parametrize("api", ["openai", "responses"])
@pytest.mark.parametrize("tokens", [0, "eight", 1.5])
def test_limit_of_tokens_that_is_none_is_refused(quiet: Quiet, api: str, tokens: object) -> None:
    changes: dict[str, Any] = {"max_tokens" if api == "openai" else "max_output_tokens": tokens}
    answer = quiet.ask(api, **changes)
    assert (answer.status, answer.data["error"]["code"]) == (400, "integer_below_min_value")


def test_responses_want_sixteen_tokens(quiet: Quiet) -> None:
    answer = quiet.ask("responses", max_output_tokens=15)
    assert answer.data["error"]["message"] == (
        "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 15 instead."
    )
    assert quiet.ask("responses", max_output_tokens=None).status == 200


@pytest.mark.parametrize(
    ("api", "changes", "words"),
    [
        ("openai", {"model": None}, "you must provide a model parameter"),
        ("openai", {"messages": None}, "Missing required parameter: 'messages'."),
        ("responses", {"model": None}, "you must provide a model parameter"),
        ("responses", {"input": None}, "Missing required parameter: 'input'."),
        ("anthropic", {"model": None}, "model: Field required"),
        ("anthropic", {"max_tokens": None}, "max_tokens: Field required"),
        ("anthropic", {"messages": None}, "messages: Field required"),
        ("google", {"contents": None}, "contents is not specified"),
        ("google", {"contents": [{"parts": []}]}, "contents.parts must not be empty"),
        ("google", {"generationConfig": {"maxOutputTokens": 0}}, "max_output_tokens must be positive"),
        ("ollama", {"model": None}, "model is required"),
        ("codex", {"instructions": None}, "Instructions are required"),
        ("codex", {"stream": False}, "Stream must be set to true"),
        ("codex", {"store": None}, "Store must be set to false"),
        ("codex", {"max_output_tokens": 16}, "Unsupported parameter: max_output_tokens"),
        ("codex", {"input": "ping"}, "Input must be a list"),
    ],
)
def test_mistaken_request_is_rejected(quiet: Quiet, api: str, changes: dict[str, Any], words: str) -> None:
    answer = quiet.ask(api, **changes)
    assert answer.status == 400
    assert words in answer.body.decode()


def test_anthropic_wants_its_version_header(quiet: Quiet) -> None:
    answer = quiet.send("POST", PATHS["anthropic"], {"x-api-key": "sandbox-ok"}, b"{}")
    assert (answer.status, answer.data["error"]["message"]) == (400, "anthropic-version: header is required")


def test_anthropic_key_may_be_a_bearer_token(quiet: Quiet) -> None:
    headers = {"authorization": "Bearer sandbox-ok", "anthropic-version": "2026-10-21"}  # as its SDK 2.x sends it
    answer = quiet.send("POST", "/v1/messages", headers, json.dumps(QUESTION).encode())
    assert answer.data["content"][0]["text"] == "pong"
    assert "anthropic-ratelimit-requests-limit" in answer.headers  # the limits of a key, not of a login


def test_oauth_token_needs_its_beta_header(quiet: Quiet) -> None:
    token = {"authorization": "Bearer sandbox-setup", **ANTHROPIC}
    refused = quiet.send("POST", "/v1/messages", token, b"{}")
    assert refused.data["error"]["message"] == "OAuth authentication is currently not supported."
    with_beta = {**token, "anthropic-beta": "other-2025-01-01,oauth-2025-04-20"}
    assert quiet.send("GET", "/anthropic/v1/models", with_beta).status == 200


def test_space_in_the_list_of_betas_is_refused(quiet: Quiet) -> None:
    headers = {"authorization": "Bearer sandbox-ok", "anthropic-beta": "a, oauth-2025-04-20", **ANTHROPIC}
    answer = quiet.send("POST", "/v1/messages", headers, b"{}")
    assert "Unexpected value(s) ` oauth-2025-04-20` for the `anthropic-beta` header" in answer.data["error"]["message"]


def test_success_has_rate_limit_headers(quiet: Quiet) -> None:
    assert quiet.ask("openai").headers["x-ratelimit-remaining-requests"] == "499"
    anthropic = quiet.ask("anthropic").headers
    assert anthropic["anthropic-ratelimit-requests-reset"] == "2027-01-15T08:01:00Z"
    assert anthropic["retry-after"] == "55"  # Anthropic also sends it with a success
    assert quiet.ask("openai", path="/groq/openai/v1/chat/completions").headers["x-ratelimit-reset-requests"] == "6s"
    assert "x-ratelimit-limit-requests" not in quiet.ask("openai", path="/api/v1/chat/completions").headers


def test_limits_of_a_login_are_windows(quiet: Quiet) -> None:
    headers = {"authorization": "Bearer sandbox-ok", "anthropic-beta": "oauth-2025-04-20", **ANTHROPIC}
    answer = quiet.send("POST", "/v1/messages", headers, json.dumps(QUESTION).encode())
    assert answer.headers["anthropic-ratelimit-unified-5h-reset"] == "1800007200"


def test_requests_are_remembered_without_credentials(client: Client, sandbox: Sandbox) -> None:
    client.send("GET", "/v1/models?key=hunter2hunter2", {"authorization": "Bearer hunter2hunter2"})
    client.ask("anthropic", "sandbox-limited")
    assert sandbox.requests == (
        ("GET", "/v1/models", "unknown-key"),
        ("POST", "/v1/messages", "limited"),
    )
    assert "hunter2" not in repr(sandbox.requests)
