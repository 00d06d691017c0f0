from __future__ import annotations

import pytest

from tests.sandbox.talking import ANTHROPIC, QUESTION, Client
from text2llm.sandbox.server import Sandbox

BOTH = pytest.mark.parametrize("api", ["openai", "anthropic"])


def test_openai_completion_echoes_the_model(client: Client) -> None:
    completion = client.ask("openai", "sandbox-ok").data
    assert completion["object"] == "chat.completion"
    assert completion["model"] == "m1"
    assert completion["choices"][0]["message"]["content"] == "pong"
    assert completion["usage"] == {"prompt_tokens": 8, "completion_tokens": 1, "total_tokens": 9}


def test_anthropic_message_echoes_the_model(client: Client) -> None:
    message = client.ask("anthropic", "sandbox-ok").data
    assert (message["type"], message["role"], message["model"]) == ("message", "assistant", "m1")
    assert message["content"] == [{"type": "text", "text": "pong"}]
    assert message["stop_reason"] == "end_turn"


def test_anthropic_sends_retry_after_on_success_too(client: Client) -> None:
    assert client.ask("anthropic", "sandbox-ok").headers["retry-after"] == "55"


@BOTH
def test_wrong_model_answers_for_another(client: Client, api: str) -> None:
    assert client.ask(api, "sandbox-wrong-model").data["model"] == "sandbox-another-model"


def test_no_choices_is_a_completion_without_any(client: Client) -> None:
    assert client.ask("openai", "sandbox-no-choices").data["choices"] == []
    assert "content" not in client.ask("anthropic", "sandbox-no-choices").data


def test_thinking_spends_the_tokens_without_a_word(client: Client) -> None:
    choice = client.ask("openai", "sandbox-thinking").data["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("", "length")
    message = client.ask("anthropic", "sandbox-thinking").data
    assert (message["content"], message["stop_reason"]) == ([], "max_tokens")


def test_listings_have_the_shape_of_their_api(client: Client) -> None:
    openai = client.list_models("openai", "sandbox-ok").data
    anthropic = client.list_models("anthropic", "sandbox-ok").data
    assert (openai["object"], openai["data"][0]["object"]) == ("list", "model")
    assert (anthropic["has_more"], anthropic["data"][0]["type"]) == (False, "model")


@BOTH
@pytest.mark.parametrize("key", ["sandbox-unpaid", "sandbox-limited", "sandbox-no-model", "sandbox-wrong-model"])
def test_listing_proves_a_key_and_nothing_more(client: Client, api: str, key: str) -> None:
    assert client.list_models(api, key).status == 200


@BOTH
def test_listing_refuses_a_revoked_key(client: Client, api: str) -> None:
    assert client.list_models(api, "sandbox-revoked").status in {401, 403}


def test_prefix_decides_which_api_answers(client: Client) -> None:
    headers = {"authorization": "Bearer sandbox-ok", "x-api-key": "sandbox-ok", **ANTHROPIC}
    assert client.send("GET", "/openai/v1/models", headers).data["object"] == "list"
    assert client.send("GET", "/anthropic/v1/models", headers).data["has_more"] is False


@BOTH
@pytest.mark.parametrize("field", ["model", "messages"])
def test_missing_field_is_a_bad_request(client: Client, api: str, field: str) -> None:
    answer = client.ask(api, "sandbox-ok", {name: value for name, value in QUESTION.items() if name != field})
    assert answer.status == 400
    assert field in answer.data["error"]["message"]


def test_anthropic_wants_max_tokens(client: Client) -> None:
    answer = client.ask("anthropic", "sandbox-ok", {"model": "m1", "messages": [{}]})
    assert (answer.status, answer.data["error"]["message"]) == (400, "max_tokens: Field required")


def test_anthropic_wants_its_version_header(client: Client) -> None:
    answer = client.ask("anthropic", "sandbox-ok", anthropic_version="")
    assert (answer.status, answer.data["error"]["message"]) == (400, "anthropic-version: header is required")


@BOTH
def test_streaming_is_refused_not_faked(client: Client, api: str) -> None:
    answer = client.ask(api, "sandbox-ok", {**QUESTION, "stream": True})
    assert answer.status == 400
    assert "stream" in answer.data["error"]["message"]


def test_requests_are_remembered_without_credentials(client: Client, sandbox: Sandbox) -> None:
    client.send("GET", "/v1/models?key=hunter2hunter2", {"authorization": "Bearer hunter2hunter2"})
    client.ask("anthropic", "sandbox-limited")
    assert sandbox.requests == (
        ("GET", "/v1/models", "unknown-key"),
        ("POST", "/v1/messages", "limited"),
    )
    assert "hunter2" not in repr(sandbox.requests)
