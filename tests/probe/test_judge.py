"""Only a parsed success of the model that was asked is ``ok``."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probe.making import completion, make_call, message, respond
from text2llm.net.message import Failure, FailureKind, Response
from text2llm.net.redact import Redactor
from text2llm.probe.judge import FAILURES, find_request_id, judge
from text2llm.probe.result import Reason, Status
from text2llm.secret import Secret

OPENAI = "openai-completions"
ANTHROPIC = "anthropic-messages"
ECHO = {"role": "user", "content": "ping"}
BUSY = {"message": {"role": "assistant", "content": ""}, "finish_reason": "insufficient_system_resource"}
UNBEGUN = "the completion is neither finished nor begun"
THINKING = {"message": {"role": "assistant", "content": ""}, "finish_reason": "length"}


@pytest.mark.parametrize(
    ("api", "body"),
    [
        (OPENAI, completion()),
        (OPENAI, completion(error=None)),
        (OPENAI, completion(choices=[THINKING])),
        (OPENAI, completion(choices=[{"message": {"content": "hi"}, "finish_reason": None}])),
        (OPENAI, completion("m1-2025-08-07")),
        (OPENAI, completion("m1:free")),
        (OPENAI, completion(error="")),
        (OPENAI, completion(success=True, base_resp={"status_code": 0})),
        (ANTHROPIC, message()),
        (ANTHROPIC, message("m1-20250929")),
        (ANTHROPIC, message(content=[], stop_reason="max_tokens")),
    ],
)
def test_parsed_success_is_ok(api: str, body: Any) -> None:
    verdict = judge(make_call(api), respond(body))
    assert (verdict.status, verdict.reason, verdict.error) == (Status.OK, None, None)


@pytest.mark.parametrize(
    ("api", "body", "problem"),
    [
        (OPENAI, b"", "the body is empty"),
        (OPENAI, b"<html>sign in</html>", "the body is not JSON"),
        (OPENAI, b'{"choices": [', "the body is not JSON"),
        (OPENAI, b'data: {"choices": []}\n\n', "the body is not JSON"),
        (OPENAI, "ok", "the answer is no JSON object"),
        (OPENAI, [], "the answer is no JSON object"),
        (OPENAI, [completion()], "the answer is no JSON object"),
        (OPENAI, {}, "the answer has no choices"),
        (OPENAI, {"status": "ok"}, "the answer has no choices"),
        (OPENAI, message(), "the answer has no choices"),
        (OPENAI, completion(choices=[]), "the answer has no choices"),
        (OPENAI, completion(choices=None), "the answer has no choices"),
        (OPENAI, completion(choices=["stop"]), "the answer has no choices"),
        (OPENAI, completion(choices=[{"finish_reason": "stop"}]), "the first choice has no message of an assistant"),
        (OPENAI, completion(choices=[THINKING | {"message": ECHO}]), "the first choice has no message of an assistant"),
        (OPENAI, completion(choices=[{"message": {}, "finish_reason": "stop"}]), UNBEGUN),
        (OPENAI, completion(choices=[{"message": {}}]), "the completion is neither finished nor begun"),
        (OPENAI, completion("m2"), "the answer comes from another model"),
        (OPENAI, completion(""), "the answer names no model"),
        (OPENAI, completion(model=None), "the answer names no model"),
        (ANTHROPIC, completion(), "the answer is no message of an assistant"),
        (ANTHROPIC, message(role="user"), "the answer is no message of an assistant"),
        (ANTHROPIC, message(content=None), "the message has no content"),
        (ANTHROPIC, message(content=[], stop_reason=None), "the message is neither finished nor begun"),
        (ANTHROPIC, message(usage=None), "the message does not say how many tokens it took"),
        (ANTHROPIC, message("m2"), "the answer comes from another model"),
    ],
)
def test_other_answer_of_success_is_invalid(api: str, body: Any, problem: str) -> None:
    verdict = judge(make_call(api), respond(body))
    assert (verdict.reason, verdict.error) == (Reason.INVALID_RESPONSE, f"HTTP 200: {problem}")


@pytest.mark.parametrize(
    ("api", "body", "reason"),
    [
        (OPENAI, completion(error={"code": 429, "message": "Rate limit"}), Reason.RATE_LIMITED),
        (OPENAI, completion(error={"message": "what"}), Reason.INVALID_RESPONSE),
        (OPENAI, completion(choices=[{"error": {"code": 402}, "message": {}}]), Reason.PAYMENT_REQUIRED),
        (OPENAI, completion(choices=[{"finish_reason": "error", "message": {}}]), Reason.INVALID_RESPONSE),
        (OPENAI, completion(choices=[{"finish_reason": "network_error", "message": {}}]), Reason.SERVER_ERROR),
        (OPENAI, completion(choices=[{"finish_reason": "abort", "message": {}}]), Reason.SERVER_ERROR),
        (OPENAI, completion(choices=[BUSY]), Reason.OVERLOADED),
        (OPENAI, completion(error={}), Reason.INVALID_RESPONSE),
        (OPENAI, completion(errors=[{"message": "no", "code": 401}]), Reason.INVALID_KEY),
        (OPENAI, completion(status="error", code=401), Reason.INVALID_KEY),
        (OPENAI, completion(success=False, code=401), Reason.INVALID_KEY),
        (OPENAI, completion(base_resp={"status_code": 1004, "status_msg": "login fail"}), Reason.INVALID_RESPONSE),
        (OPENAI, {"object": "error", "message": "no", "code": 401}, Reason.INVALID_KEY),
        (OPENAI, {"success": False, "code": 401}, Reason.INVALID_KEY),
        (OPENAI, [{"error": {"code": 403}}], Reason.FORBIDDEN),
        (ANTHROPIC, {"type": "error", "error": {"type": "overloaded_error"}}, Reason.OVERLOADED),
    ],
)
def test_error_in_an_answer_of_success_is_an_error(api: str, body: Any, reason: Reason) -> None:
    assert judge(make_call(api), respond(body)).reason is reason


@pytest.mark.parametrize("status", [100, 201, 202, 204, 206, 226])
def test_only_status_200_can_be_a_success(status: int) -> None:
    assert judge(make_call(OPENAI), respond(completion(), status)).reason is Reason.INVALID_RESPONSE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_invalid(status: int) -> None:
    verdict = judge(make_call(OPENAI), respond(completion(), status))
    assert verdict.reason is Reason.INVALID_RESPONSE
    assert verdict.error == f"HTTP {status}: the server sends elsewhere, and redirects are not followed"


@given(
    st.integers(100, 599).filter(lambda status: status != 200),
    st.sampled_from([completion(), message(), {}, [], None, "ok", {"error": None}]),
    st.sampled_from([OPENAI, ANTHROPIC]),
)
def test_no_other_status_is_ok_whatever_the_body(status: int, body: Any, api: str) -> None:
    assert judge(make_call(api), respond(body, status)).status is not Status.OK


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"Slow Down", "Slow Down"),
        (b"<html><p>billing quota model</p></html>", None),
        (b"x" * 5000, None),
        (b"", None),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_plain_words_of_a_server_count_and_pages_do_not(body: bytes, said: str | None) -> None:
    verdict = judge(make_call(OPENAI), respond(body, 500))
    assert (verdict.reason, verdict.error, verdict.said) == (
        Reason.OVERLOADED if said == "Slow Down" else Reason.SERVER_ERROR,
        "HTTP 500",
        said,
    )


def test_providers_words_are_kept_apart_from_ours() -> None:
    body = {"error": {"code": "invalid_api_key", "message": "::error:: \x1b[31m no"}}
    verdict = judge(make_call(OPENAI), respond(body, 401))
    assert verdict.error == "HTTP 401 invalid_api_key"
    assert verdict.said == "::error:: \x1b[31m no"
    assert verdict.hint


@pytest.mark.parametrize("spelling", ["{key}", "\\u0073{rest}", "{encoded}", "sk-very-****6789"])
def test_echoed_key_is_nowhere_in_a_verdict(spelling: str) -> None:
    key = "sk-very-secret-0123456789"
    encoded = base64.b64encode(key.encode()).decode()
    text = spelling.format(key=key, rest=key[1:], encoded=encoded)
    body = f'{{"error": {{"code": "{text}", "message": "bad {text}"}}}}'.encode()
    answer = Response(401, {}, body, 5, Redactor((Secret(key),)))
    verdict = judge(make_call(OPENAI), answer)
    for part in (key, key[1:], encoded, "6789"):
        assert part not in f"{verdict}"
    assert "[redacted]" in f"{verdict.said}"


def test_every_failure_has_its_reason() -> None:
    assert set(FAILURES) == set(FailureKind)
    verdict = judge(make_call(OPENAI), Failure(FailureKind.TLS, "h: bad", elapsed_ms=3))
    assert (verdict.reason, verdict.error) == (Reason.TLS, "h: bad")
    assert verdict.hint
    refused = judge(make_call(OPENAI), Failure(FailureKind.UNTRUSTED_ORIGIN, "no", "do this"))
    assert (refused.reason, refused.hint) == (Reason.UNTRUSTED_ORIGIN, "do this")


@pytest.mark.parametrize(
    ("headers", "number"),
    [
        ({"request-id": "req_1"}, "req_1"),
        ({"x-request-id": "a-b.c:d"}, "a-b.c:d"),
        ({"request-id": "a b", "cf-ray": "9f-FRA"}, "9f-FRA"),
        ({"request-id": "\x1b[31m"}, None),
        ({"request-id": "x" * 200}, None),
        ({}, None),
    ],
)
def test_request_id_of_an_ordinary_form_is_kept(headers: dict[str, str], number: str | None) -> None:
    assert find_request_id(respond({}, headers=headers)) == number
