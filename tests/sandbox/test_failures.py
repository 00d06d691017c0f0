"""Errors in each provider's format."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.talking import Client, Quiet, credentials
from text2llm.sandbox.behaviors import BEHAVIORS
from text2llm.sandbox.server import Sandbox

OPENAI_ERRORS = {
    None: (401, "invalid_request_error", None),
    "sk-proj-0123456789abcdef": (401, "invalid_request_error", "invalid_api_key"),
    "sandbox-nonsense": (401, "invalid_request_error", "invalid_api_key"),
    "sandbox-revoked": (401, "invalid_request_error", "account_deactivated"),
    "sandbox-expired": (401, "invalid_request_error", "token_expired"),
    "sandbox-forbidden": (403, "request_forbidden", "unsupported_country_region_territory"),
    "sandbox-unpaid": (429, "insufficient_quota", "insufficient_quota"),
    "sandbox-quota": (429, "insufficient_quota", "billing_hard_limit_reached"),
    "sandbox-limited": (429, "requests", "rate_limit_exceeded"),
    "sandbox-overloaded": (503, "service_unavailable_error", "server_is_overloaded"),
    "sandbox-no-model": (404, "invalid_request_error", "model_not_found"),
    "sandbox-not-entitled": (403, "invalid_request_error", "model_not_found"),
    "sandbox-overflow": (400, "invalid_request_error", "context_length_exceeded"),
    "sandbox-server-error": (500, "server_error", None),
}
ANTHROPIC_ERRORS = {
    None: (401, "authentication_error", "x-api-key header is required"),
    "sk-ant-api03-0123456789": (401, "authentication_error", "invalid x-api-key"),
    "sandbox-revoked": (403, "permission_error", "OAuth token has been revoked. Please obtain a new token."),
    "sandbox-forbidden": (403, "forbidden", "Request not allowed"),
    "sandbox-limited": (429, "rate_limit_error", "Number of requests has exceeded your rate limit."),
    "sandbox-window": (429, "rate_limit_error", "7-day rate limit exceeded."),
    "sandbox-overloaded": (529, "overloaded_error", "Overloaded"),
    "sandbox-no-model": (404, "not_found_error", "model: m1"),
    "sandbox-server-error": (500, "api_error", "Internal server error"),
}
GOOGLE_ERRORS = {
    None: (403, "PERMISSION_DENIED"),
    "AIzaSy0123456789": (400, "INVALID_ARGUMENT"),
    "sandbox-revoked": (403, "PERMISSION_DENIED"),
    "sandbox-expired": (400, "INVALID_ARGUMENT"),
    "sandbox-limited": (429, "RESOURCE_EXHAUSTED"),
    "sandbox-overloaded": (503, "UNAVAILABLE"),
    "sandbox-no-model": (404, "NOT_FOUND"),
    "sandbox-server-error": (500, "INTERNAL"),
}
OLLAMA_ERRORS = {
    "sandbox-revoked": (401, "unauthorized"),
    "sandbox-limited": (429, "rate limit exceeded"),
    "sandbox-no-model": (404, "model 'm1' not found"),
    "sandbox-overloaded": (503, "server busy, please try again.  maximum pending requests exceeded"),
}
#: By path of a provider: the key, and the value in the body at a pointer.
PROVIDERS = [
    ("/api/v1/chat/completions", "sandbox-unpaid", 402, ("error", "code"), 402),
    ("/openrouter/api/v1/chat/completions", "sandbox-no-model", 400, ("error", "message"), "Model m1 is not available"),
    ("/api/paas/v4/chat/completions", "sandbox-unpaid", 429, ("error", "code"), "1113"),
    ("/zai/api/paas/v4/chat/completions", "sandbox-not-entitled", 429, ("error", "code"), "1311"),
    ("/groq/openai/v1/chat/completions", "sandbox-limited", 429, ("error", "type"), "tokens"),
    ("/deepseek/chat/completions", "sandbox-unpaid", 402, ("error", "message"), "Insufficient Balance"),
    ("/deepseek/v1/chat/completions", "wrong-key", 401, ("error", "type"), "authentication_error"),
    ("/xai/v1/chat/completions", "wrong-key", 400, ("code",), "Client specified an invalid argument"),
    ("/venice/api/v1/chat/completions", "sandbox-no-model", 400, ("error",), "Invalid model specified"),
    ("/minimax/v1/chat/completions", "sandbox-revoked", 200, ("base_resp", "status_code"), 1004),
    ("/nvidia/v1/chat/completions", "sandbox-revoked", 403, ("title",), "Forbidden"),
    ("/vercel-ai-gateway/v1/chat/completions", "sandbox-unpaid", 402, ("error", "type"), "insufficient_funds"),
    ("/litellm/chat/completions", "sandbox-quota", 429, ("error", "type"), "budget_exceeded"),
    ("/cohere/compatibility/v1/chat/completions", "sandbox-revoked", 401, ("message",), "invalid api token"),
    ("/vllm/v1/chat/completions", "sandbox-no-model", 404, ("type",), "NotFoundError"),
    ("/moonshot/v1/chat/completions", "sandbox-unpaid", 429, ("error", "type"), "exceeded_current_quota_error"),
]  # fmt: skip


@pytest.mark.parametrize("key", OPENAI_ERRORS)
def test_openai_key_plays_its_error(quiet: Quiet, key: str | None) -> None:
    answer = quiet.ask("openai", key)
    error = answer.data["error"]
    assert (answer.status, error["type"], error["code"]) == OPENAI_ERRORS[key]


@pytest.mark.parametrize("key", ANTHROPIC_ERRORS)
def test_anthropic_key_plays_its_error(quiet: Quiet, key: str | None) -> None:
    answer = quiet.ask("anthropic", key)
    error = answer.data["error"]
    assert (answer.status, error["type"], error["message"]) == ANTHROPIC_ERRORS[key]


@pytest.mark.parametrize("key", GOOGLE_ERRORS)
def test_google_key_plays_its_error(quiet: Quiet, key: str | None) -> None:
    answer = quiet.ask("google", key)
    error = answer.data["error"]
    assert (answer.status, error["code"], error["status"]) == (GOOGLE_ERRORS[key][0], *GOOGLE_ERRORS[key])


@pytest.mark.parametrize("key", OLLAMA_ERRORS)
def test_ollama_key_plays_its_error(quiet: Quiet, key: str) -> None:
    answer = quiet.ask("ollama", key)
    assert (answer.status, answer.data["error"]) == OLLAMA_ERRORS[key]


@pytest.mark.parametrize("case", PROVIDERS, ids=lambda case: case[0])
def test_provider_has_its_own_envelope(quiet: Quiet, case: tuple[str, str, int, tuple[str, ...], object]) -> None:
    path, key, status, pointer, value = case
    answer = quiet.ask("openai", key, path=path)
    found: Any = answer.data
    for step in pointer:
        found = found[step]
    assert (answer.status, found) == (status, value)


def test_responses_report_a_missing_model_as_a_bad_request(quiet: Quiet) -> None:
    answer = quiet.ask("responses", "sandbox-no-model")
    assert (answer.status, answer.data["error"]["code"]) == (400, "model_not_found")


def test_google_key_in_the_url_is_none(quiet: Quiet) -> None:
    answer = quiet.send("GET", "/v1beta/models?key=sandbox-ok")
    assert (answer.status, quiet.behavior) == (403, "no-key")


def test_codex_reports_its_plan(quiet: Quiet) -> None:
    answer = quiet.ask("codex", "sandbox-window")
    assert answer.data["error"] == {
        "type": "usage_limit_reached",
        "message": "usage limit reached",
        "plan_type": "plus",
        "resets_in_seconds": 7200,
    }


def test_anthropic_unpaid_is_a_bad_request_about_credit(quiet: Quiet) -> None:
    answer = quiet.ask("anthropic", "sandbox-unpaid")
    assert answer.status == 400
    assert "credit balance is too low" in answer.data["error"]["message"]


def test_anthropic_expired_names_the_request(quiet: Quiet) -> None:
    answer = quiet.ask("anthropic", "sandbox-expired")
    assert answer.data["request_id"] == answer.headers["request-id"] == "req_1"


@pytest.mark.parametrize("api", ["openai", "anthropic"])
def test_rate_limit_has_retry_after(client: Client, api: str) -> None:
    assert client.ask(api, "sandbox-limited").headers["retry-after"] == "30"


def test_window_reports_its_end(quiet: Quiet) -> None:
    headers = quiet.ask("openai", "sandbox-window", path="/api/v1/chat/completions").headers
    assert headers["X-RateLimit-Reset"] == "1800007200000"


def test_unknown_key_is_echoed_masked_as_openai_does(quiet: Quiet) -> None:
    message = quiet.ask("openai", "sk-proj-0123456789abcdef").data["error"]["message"]
    assert "sk-proj-************cdef." in message


def test_others_echo_less_of_it(quiet: Quiet) -> None:
    deepseek = quiet.ask("openai", "wrong-key", path="/deepseek/chat/completions").data["error"]["message"]
    assert deepseek == "Authentication Fails, Your api key: ****-key is invalid"
    assert "provided: wr***ey." in quiet.ask("openai", "wrong-key", path="/xai/v1/chat/completions").data["error"]


def test_short_unknown_key_is_masked_whole(quiet: Quiet) -> None:
    assert "provided: ******." in quiet.ask("openai", "secret").data["error"]["message"]


def test_missing_model_is_named_as_it_was_sent(quiet: Quiet) -> None:
    message = quiet.ask("openai", "sandbox-no-model", model='odd "{key}"').data["error"]["message"]
    assert message.startswith('The model `odd "{key}"` does not exist')


def test_model_of_another_type_has_no_name(quiet: Quiet) -> None:
    message = quiet.ask("openai", "sandbox-no-model", model={"a": 1}).data["error"]["message"]
    assert message.startswith("The model `` does not exist")


@pytest.mark.parametrize("api", ["openai", "responses", "anthropic", "google", "ollama"])
def test_error_object_hides_behind_a_success(quiet: Quiet, api: str) -> None:
    answer = quiet.ask(api, "sandbox-error-200")
    assert answer.status == 200
    assert '"error"' in answer.body.decode()


def test_error_hides_in_a_stream(quiet: Quiet) -> None:
    (event,) = quiet.ask("codex", "sandbox-error-200").events
    assert (event["type"], event["error"]["code"]) == ("error", "insufficient_quota")
    line = quiet.ask("ollama", "sandbox-error-200", stream=None)
    assert (line.headers["content-type"], json.loads(line.body)) == (
        "application/x-ndjson",
        {"error": "an error was encountered while running the model"},
    )


def test_older_spellings_are_understood(quiet: Quiet) -> None:
    assert quiet.ask("openai", "sandbox-error200").status == 200
    quiet.ask("openai", "sandbox-wrong-model")
    assert quiet.behavior == "other-model"


def test_flaky_fails_and_then_answers(quiet: Quiet) -> None:
    assert [quiet.ask("openai", "sandbox-flaky").status for _ in range(4)] == [503, 503, 200, 200]
    assert [quiet.ask("openai", "sandbox-flaky-1").status for _ in range(3)] == [503, 200, 200]


def test_flaky_counts_for_each_model(quiet: Quiet) -> None:
    assert [quiet.ask("openai", "sandbox-flaky-1", model=model).status for model in ("a", "b", "a", "b")] == [
        503,
        503,
        200,
        200,
    ]


def test_slow_is_as_slow_as_its_key_says(quiet: Quiet) -> None:
    quiet.ask("openai", "sandbox-slow-250")
    assert quiet.delay == 0.25
    quiet.ask("openai", "sandbox-slow")
    assert quiet.delay == 2.0


def test_several_accounts_may_play_the_same(quiet: Quiet) -> None:
    assert quiet.ask("openai", "sandbox-ok-team1").status == 200
    assert quiet.ask("openai", "sandbox-no-model-team1").status == 404


def test_control_sequences_are_sent_unescaped(quiet: Quiet) -> None:
    answer = quiet.ask("openai", "sandbox-escapes")
    message = answer.data["error"]["message"]
    assert (answer.status, answer.data["error"]["code"]) == (401, "invalid_api_key")
    assert "\x1b[2J" in message
    assert "\n::error::" in message
    assert "\u202e" in message


@pytest.mark.parametrize("name", ["nan", "digits", "deep"])
def test_number_or_depth_that_no_reader_wants(quiet: Quiet, name: str) -> None:
    body = quiet.ask("openai", f"sandbox-{name}").body
    parts = {"nan": b'"sandbox": NaN, ', "digits": b'"sandbox": ' + b"9" * 5000 + b", ", "deep": b"[" * 100_000}
    assert parts[name] in body


def test_completion_in_another_charset(quiet: Quiet) -> None:
    answer = quiet.ask("openai", "sandbox-charset")
    assert answer.headers["content-type"] == "application/json; charset=utf-16"
    assert json.loads(answer.body.decode("utf-16"))["model"] == "m1"


def test_header_may_lie_about_compression(quiet: Quiet) -> None:
    assert quiet.ask("openai", "sandbox-bad-gzip").headers["content-encoding"] == "gzip"


def test_megabyte_of_headers(quiet: Quiet) -> None:
    assert sum(map(len, quiet.ask("openai", "sandbox-headers").headers.values())) > 1024 * 1024


def test_gateway_answers_with_a_page(quiet: Quiet) -> None:
    answer = quiet.ask("openai", "sandbox-gateway")
    assert (answer.status, answer.headers["content-type"]) == (502, "text/html")


@pytest.mark.parametrize("api", ["openai", "responses", "anthropic", "google", "ollama", "codex"])
def test_every_api_plays_every_behavior(quiet: Quiet, api: str) -> None:
    for name in BEHAVIORS:
        assert quiet.ask(api, f"sandbox-{name}").status in range(200, 600)
        assert quiet.behavior == name


def test_other_scheme_is_not_a_key(client: Client, sandbox: Sandbox) -> None:
    client.ask("openai", None, authorization="Basic c2FuZGJveC1vaw==")
    assert sandbox.requests[-1].behavior == "no-key"


def test_unknown_path_is_an_error_in_the_format_of_the_api(quiet: Quiet) -> None:
    openai = quiet.send("POST", "/chat/completions", credentials("openai", "sandbox-ok"))
    anthropic = quiet.send("POST", "/v1/v1/messages", {"x-api-key": "sandbox-ok"})
    google = quiet.send("POST", "/v1/models/m1:generateContent", credentials("google", "sandbox-ok"))
    ollama = quiet.send("POST", "/ollama/api/chats")
    assert (openai.status, openai.data["error"]["message"]) == (404, "Invalid URL (POST /chat/completions)")
    assert (anthropic.status, anthropic.data["error"]["message"]) == (404, "Not Found")
    assert (google.status, google.headers["content-type"]) == (404, "text/html; charset=UTF-8")
    assert (ollama.status, ollama.body) == (404, b"404 page not found")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_other_method_is_not_allowed(client: Client, method: str) -> None:
    answer = client.send(method, "/v1/chat/completions", {"authorization": "Bearer sandbox-ok"})
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
