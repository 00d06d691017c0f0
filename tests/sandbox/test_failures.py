from __future__ import annotations

import pytest

from tests.sandbox.talking import ANTHROPIC, Client
from text2llm.sandbox.server import Sandbox

OPENAI_ERRORS = {
    None: (401, "invalid_request_error", None),
    "sk-proj-0123456789abcdef": (401, "invalid_request_error", "invalid_api_key"),
    "sandbox-nonsense": (401, "invalid_request_error", "invalid_api_key"),
    "sandbox-revoked": (401, "invalid_request_error", "account_deactivated"),
    "sandbox-expired": (401, "invalid_request_error", "token_expired"),
    "sandbox-forbidden": (403, "request_forbidden", "unsupported_country_region_territory"),
    "sandbox-unpaid": (429, "insufficient_quota", "insufficient_quota"),
    "sandbox-limited": (429, "requests", "rate_limit_exceeded"),
    "sandbox-overloaded": (503, "service_unavailable_error", "server_is_overloaded"),
    "sandbox-no-model": (404, "invalid_request_error", "model_not_found"),
    "sandbox-server-error": (500, "server_error", None),
}
ANTHROPIC_ERRORS = {
    None: (401, "authentication_error", "x-api-key header is required"),
    "sk-ant-api03-0123456789": (401, "authentication_error", "invalid x-api-key"),
    "sandbox-revoked": (403, "permission_error", "OAuth token has been revoked. Please obtain a new token."),
    "sandbox-forbidden": (403, "forbidden", "Request not allowed"),
    "sandbox-limited": (429, "rate_limit_error", "Number of requests has exceeded your rate limit."),
    "sandbox-overloaded": (529, "overloaded_error", "Overloaded"),
    "sandbox-no-model": (404, "not_found_error", "model: m1"),
    "sandbox-server-error": (500, "api_error", "Internal server error"),
}


@pytest.mark.parametrize("key", OPENAI_ERRORS)
def test_openai_key_plays_its_error(client: Client, key: str | None) -> None:
    answer = client.ask("openai", key)
    error = answer.data["error"]
    assert (answer.status, error["type"], error["code"]) == OPENAI_ERRORS[key]


@pytest.mark.parametrize("key", ANTHROPIC_ERRORS)
def test_anthropic_key_plays_its_error(client: Client, key: str | None) -> None:
    answer = client.ask("anthropic", key)
    error = answer.data["error"]
    assert (answer.status, error["type"], error["message"]) == ANTHROPIC_ERRORS[key]


def test_anthropic_unpaid_is_a_bad_request_about_credit(client: Client) -> None:
    answer = client.ask("anthropic", "sandbox-unpaid")
    assert answer.status == 400
    assert "credit balance is too low" in answer.data["error"]["message"]


def test_anthropic_expired_names_the_request(client: Client) -> None:
    answer = client.ask("anthropic", "sandbox-expired")
    assert answer.status == 401
    assert answer.data["request_id"] == answer.headers["request-id"]


@pytest.mark.parametrize("api", ["openai", "anthropic"])
def test_rate_limit_says_when_to_come_back(client: Client, api: str) -> None:
    assert client.ask(api, "sandbox-limited").headers["retry-after"] == "30"


def test_unknown_key_is_echoed_masked_as_openai_does(client: Client) -> None:
    message = client.ask("openai", "sk-proj-0123456789abcdef").data["error"]["message"]
    assert "sk-proj-************cdef." in message


def test_short_unknown_key_is_masked_whole(client: Client) -> None:
    assert "provided: ******." in client.ask("openai", "secret").data["error"]["message"]


def test_missing_model_is_named_as_it_was_sent(client: Client) -> None:
    question = {"model": 'odd "{key}"', "messages": [{}]}
    message = client.ask("openai", "sandbox-no-model", question).data["error"]["message"]
    assert message.startswith('The model `odd "{key}"` does not exist')


@pytest.mark.parametrize("api", ["openai", "anthropic"])
def test_error_object_hides_behind_a_success(client: Client, api: str) -> None:
    answer = client.ask(api, "sandbox-error200")
    assert answer.status == 200
    assert "error" in answer.data


def test_oauth_token_needs_its_beta_header(client: Client) -> None:
    token = {"authorization": "Bearer sandbox-ok", **ANTHROPIC}
    refused = client.send("POST", "/v1/messages", token, b"{}")
    assert refused.data["error"]["message"] == "OAuth authentication is currently not supported."
    with_beta = {**token, "anthropic-beta": "oauth-2025-04-20"}
    assert client.send("GET", "/anthropic/v1/models", with_beta).status == 200


def test_other_scheme_is_no_key(client: Client, sandbox: Sandbox) -> None:
    client.ask("openai", None, authorization="Basic c2FuZGJveC1vaw==")
    assert sandbox.requests[-1].behaviour == "no-key"
