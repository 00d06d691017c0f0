"""Real payloads and their meaning, and what may never happen whatever the payload."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probe.collected import FILES, Answer, load_answers, main
from tests.probe.making import make_call, respond
from tests.upstream.word_examples import STRONG, WEAK
from text2llm.providers.registry import load_registry
from text2llm.upstream.classify import classify
from text2llm.upstream.classify.dialects import DIALECTS, TOKEN_ENDPOINT
from text2llm.upstream.classify.facts import extract_facts
from text2llm.upstream.classify.words import PARTS, WEAK_PARTS, WORDS, read_parts
from text2llm.upstream.judge import judge
from text2llm.upstream.verdict import Reason, Status
from text2llm.upstream.wire.faults import find_error

ANSWERS = [each for name in FILES for each in load_answers(name)]
PAYLOADS = [each for each in ANSWERS if each.kind == "payload"]
APIS = {"anthropic": "anthropic-messages"}


def reason(body: Any, status: int | None = 400, provider: str = "lab", api: str = "openai-completions") -> str:
    return classify(provider, api, status, {}, body)[0].word


@pytest.mark.parametrize("answer", [each for each in PAYLOADS if each.label != "ok"], ids=lambda each: each.id)
def test_collected_payload_means_what_its_label_says(answer: Answer) -> None:
    assert answer.is_read(), f"{answer.label}, read as {answer.read().word}"


def test_other_collected_answers_count_toward_an_accuracy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert "classifier, fixtures/http/errors.jsonl: 296/296 (100.0 %)" in capsys.readouterr().out


def test_collected_success_is_ok() -> None:
    (answer,) = (each for each in PAYLOADS if each.id == "e310")
    call = make_call("anthropic-messages", answer.body["model"])
    assert judge(call, respond(answer.body, 200, answer.headers)).status is Status.OK


@pytest.mark.parametrize("name", ["e311", "e312"])
def test_collected_answer_of_a_usage_endpoint_is_no_error_and_no_completion(name: str) -> None:
    (answer,) = (each for each in PAYLOADS if each.id == name)
    assert find_error(answer.body) is None
    assert judge(make_call("openai-completions"), respond(answer.body)).reason is Reason.INVALID_RESPONSE


@pytest.mark.parametrize("part", [*PARTS, *WEAK_PARTS], ids=lambda part: part.reason.word)
def test_words_that_a_pattern_was_made_from_have_its_meaning(part: Any) -> None:
    table, examples = (PARTS, STRONG) if part in PARTS else (WEAK_PARTS, WEAK)
    words = examples[part.reason]
    assert {word: read_parts(word, table) for word in words} == dict.fromkeys(words, part.reason)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("WrongApiKey", "invalid_key"),
        ("BAD_TOKEN", "invalid_key"),
        ("gateway-timeout", "deadline"),
        ("InsufficientUserQuota", "credit_exhausted"),
        ("organization_suspended", "revoked"),
        ("unknown-model", "model_not_found"),
        ("monthly_limit_reached", "usage_window"),
        ("EngineBusy", "overloaded"),
        ("engine_busy", "overloaded"),
        ("extra_forbidden", "unsupported_parameter"),
        ("billing_config_error", "bad_request"),
        ("permission_denied", "forbidden"),
        ("some_new_word", "bad_request"),
    ],
)  # fmt: skip
def test_unseen_word_is_read_by_its_parts(word: str, expected: str) -> None:
    assert reason({"error": {"code": word, "message": "x"}}) == expected


def test_exact_words_are_not_what_their_parts_say() -> None:
    assert {word for word, meaning in WORDS.items() if read_parts(word, PARTS) is meaning} == set()


def test_every_dialect_belongs_to_a_provider_or_an_api() -> None:
    registry = load_registry()
    apis = {endpoint.api for name in registry.ids() for endpoint in getattr(registry.get(name), "endpoints", ())}
    assert set(DIALECTS) <= {*registry.ids(), *apis, TOKEN_ENDPOINT}


ANTHROPIC = {"type": "error"}
OPENAI_QUOTA = {"error": {"message": "x", "type": "insufficient_quota", "code": None}}


@pytest.mark.parametrize(
    ("body", "status", "provider", "expected"),
    [
        # the same status, other meanings
        (OPENAI_QUOTA, 429, "openai", "credit_exhausted"),
        ({"error": {"message": "slow", "code": "rate_limit_exceeded"}}, 429, "openai", "rate_limited"),
        ({"error": {"message": "The API is at capacity"}}, 429, "lab", "overloaded"),
        ({"error": {"message": "Free limit of 50 requests per day"}}, 429, "openrouter", "usage_window"),
        ({"error": {"message": "Check your plan and billing details"}}, 429, "openai", "credit_exhausted"),
        ({"error": {"message": "Check your plan and billing details"}}, 429, "google", "rate_limited"),
        ({"error": {"message": "Your credit balance is too low"}}, 400, "anthropic", "credit_exhausted"),
        ({"error": {"message": "prompt is too long: 3 tokens > 2"}}, 400, "anthropic", "context_overflow"),
        ({"error": {"message": "This credential is only authorized for use with X"}}, 400, "anthropic",
         "client_not_allowed"),
        ({"error": {"message": "This credential is only authorized for use with X"}}, 400, "openai",
         "client_not_allowed"),
        ({"error": {"message": "API key not valid."}}, 400, "google", "invalid_key"),
        ({"error": {"message": "the model x does not exist"}}, 400, "lab", "model_not_found"),
        ({"error": {"message": "the model x has been deprecated"}}, 400, "lab", "model_retired"),
        ({"error": {"message": "tools: model x not found", "param": "tools"}}, 400, "lab", "bad_request"),
        ({"error": {"message": "bad", "code": "unsupported_value"}}, 400, "openai", "unsupported_parameter"),
        ({"error": {"message": "no"}}, 401, "lab", "invalid_key"),
        ({"error": {"message": "This key has been revoked"}}, 401, "lab", "revoked"),
        ({"error": {"message": "token has expired"}}, 401, "lab", "expired"),
        ({"error": {"message": "no", "details": {"error_code": "token_expired"}}}, 401, "anthropic", "expired"),
        ({"error": {"message": "usage limit, try again in 5 hours"}}, 402, "lab", "usage_window"),
        ({"error": {"message": "add credits"}}, 402, "lab", "credit_exhausted"),
        ({"error": {"message": "over the limit"}}, 402, "lab", "quota_exhausted"),
        (None, 402, "lab", "payment_required"),
        ({"error": {"message": "Key limit exceeded"}}, 403, "openrouter", "quota_exhausted"),
        ({"error": {"message": "Key limit exceeded"}}, 403, "lab", "forbidden"),
        ({"error": {"message": "x", "metadata": {"limit_source": "openrouter_key_limit"}}}, 403, "openrouter",
         "quota_exhausted"),
        ({"error": {"message": "Project p does not have access to model m", "code": "model_not_found"}}, 403, "openai",
         "model_not_entitled"),
        ({"error": {"message": "Country not supported"}}, 403, "openai", "forbidden"),
        (None, 404, "lab", "endpoint_not_found"),
        ({"error": {"message": "no such route"}}, 404, "lab", "endpoint_not_found"),
        ({"error": {"message": "model: x", "type": "not_found_error"}}, 404, "anthropic", "model_not_found"),
        ({"error": {"message": "Not Found", "type": "not_found_error"}}, 404, "anthropic", "endpoint_not_found"),
        ({"error": {"message": "No endpoints found for x/y."}}, 404, "openrouter", "model_not_found"),
        ({"error": {"message": "This model is only supported in v1/responses"}}, 404, "openai", "unclassified"),
        ({"title": "Model API", "detail": "Not Found"}, 404, "lab", "invalid_response"),
        (None, 410, "lab", "endpoint_not_found"),
        (None, 451, "lab", "forbidden"),
        (None, 418, "lab", "unclassified"),
        # load
        (None, 529, "lab", "overloaded"),
        (None, 511, "lab", "invalid_response"),
        ("Please log in to the network to continue", 511, "lab", "invalid_response"),
        (None, 500, "lab", "server_error"),
        (None, 502, "lab", "server_error"),
        (None, 503, "lab", "server_error"),
        (None, 504, "lab", "server_error"),
        (None, 521, "lab", "server_error"),
        ("Slow Down", 503, "openai", "overloaded"),
        ({"error": {"message": "Your chosen model is down"}}, 502, "openrouter", "overloaded"),
        # key words of another kind in a server's error
        ({"error": {"message": "invalid api key, too many tokens, billing"}}, 500, "lab", "server_error"),
        # errors in an answer of success
        ({"error": {"message": "x", "code": 402}}, 200, "openrouter", "payment_required"),
        ({"error": {"message": "x", "code": "401"}}, 200, "lab", "invalid_key"),
        ({"error": {"message": "invalid api key"}}, 200, "lab", "invalid_key"),
        ({"error": {"message": "who knows"}}, 200, "lab", "invalid_response"),
        ({"error": {"message": "who knows", "type": "api_error"}}, 200, "anthropic", "server_error"),
        ([{"error": {"code": 429, "message": "Rate limit"}}], 200, "google", "rate_limited"),
        # words in other shapes
        ({"__type": "com.x#RateLimitExceeded", "message": "x"}, None, "lab", "unclassified"),
        ({"code": "RateLimitExceeded", "message": "x"}, 400, "lab", "rate_limited"),
        ({"error": "context-length-exceeded"}, 400, "lab", "bad_request"),
        ({"response": {"error": {"code": "context_length_exceeded"}}}, 500, "openai", "context_overflow"),
        (None, None, "lab", "unclassified"),
    ],
)  # fmt: skip
def test_answer_has_this_reason(body: Any, status: int | None, provider: str, expected: str) -> None:
    api = APIS.get(provider, "openai-completions")
    assert reason(body, status, provider, api) == expected


@pytest.mark.parametrize("status", [500, 502, 503, 504, 521])
def test_bare_failure_of_a_server_is_no_overload_whoever_is_asked(status: int) -> None:
    registry = load_registry()
    for name in registry.ids():
        provider = registry.get(name)
        assert provider is not None
        bare: tuple[Any, ...] = (None, "", {}, [])
        assert {reason(body, status, name, provider.api) for body in bare} == {"server_error"}


def test_documented_status_applies_to_the_providers_own_errors() -> None:
    body = {"error": {"message": "Service Unavailable"}}
    assert reason(body, 503, "google", "google-generative-ai") == "overloaded"
    assert reason(body, 503, "lab") == "server_error"
    assert reason({"error": {"message": "x"}}, 412, "fireworks") == "payment_required"
    assert reason({"error": {"message": "x"}}, 412, "lab") == "unclassified"


def test_error_inside_a_text_is_read() -> None:
    inner = {"error": {"code": 400, "message": "API key not valid", "details": [{"reason": "API_KEY_INVALID"}]}}
    assert reason({"error": {"message": json.dumps(inner), "code": 400}}, 400, "google") == "invalid_key"
    assert reason({"error": {"message": 'upstream said {no "json"}'}}, 400) == "bad_request"
    assert extract_facts(json.dumps(inner)).message == "API key not valid"


@pytest.mark.parametrize(
    ("text", "words", "numbers"),
    [
        ("ThrottlingException: slow", ("throttling_exception",), ()),
        ("litellm.RateLimitError: no", ("rate_limit_error",), ()),
        ("invalid_api_key", ("invalid_api_key",), ()),
        ("1305", (), (1305,)),
        ("An Error: no", (), ()),
    ],
)
def test_text_may_begin_with_the_word_of_its_error(text: str, words: tuple[str, ...], numbers: tuple[int, ...]) -> None:
    facts = extract_facts(text)
    assert (facts.words, facts.numbers) == (words, numbers)


def test_rejected_subscription_window_is_read_from_its_header() -> None:
    headers = {"anthropic-ratelimit-unified-status": "rejected"}
    body = {"error": {"type": "rate_limit_error", "message": "x"}}
    assert classify("anthropic", "anthropic-messages", 429, headers, body)[0] is Reason.USAGE_WINDOW


def test_rows_of_an_api_count_for_every_provider_that_speaks_it() -> None:
    body = {"error": {"message": "You are out of extra usage"}}
    assert reason(body, 400, "my-proxy", "anthropic-messages") == "credit_exhausted"
    assert reason(body, 400, "my-proxy", "openai-completions") == "bad_request"


def test_facts_are_read_from_any_envelope() -> None:
    facts = extract_facts({"errors": [{"code": 10000, "message": "Authentication error", "param": "x"}]})
    assert (facts.numbers, facts.text, facts.message, facts.param) == (
        (10000,),
        "authentication error",
        "Authentication error",
        "x",
    )
    assert extract_facts("Slow Down").message == "Slow Down"
    assert extract_facts(None, {"x-amzn-errortype": "AccessDeniedException:http://x"}).words == (
        "access_denied_exception",
    )
    assert extract_facts({"error": True, "code": True, "message": 5}).numbers == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.sampled_from(["ok", "success", "stop"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "code", "type", "message", "status", "details"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(JSON, st.none() | st.integers(100, 599), st.sampled_from([*load_registry().ids(), "lab"]))
def test_no_answer_makes_the_classifier_fail_or_say_ok(body: Any, status: int | None, provider: str) -> None:
    found, _ = classify(provider, "openai-completions", status, {}, body)
    assert found.status is not Status.OK
