"""Only a parsed success of the model that was asked is ``ok``."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probe.making import chat, completion, content, make_call, message, respond, response
from text2llm.net.message import Failure, FailureKind, Response
from text2llm.redaction.echoes import Echoes
from text2llm.secret import Secret
from text2llm.upstream.judge import FAILURES, find_request_id, judge
from text2llm.upstream.verdict import Reason, Status

OPENAI = "openai-completions"
ANTHROPIC = "anthropic-messages"
RESPONSES = "openai-responses"
GOOGLE = "google-generative-ai"
OLLAMA = "ollama"
CUT: dict[str, Any] = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
FILTERED: dict[str, Any] = {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}


def candidate(finish: str | None, **changes: Any) -> list[dict[str, Any]]:
    return [{"finishReason": finish} | changes]


BLOCKED: dict[str, Any] = {"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": "m1"}
ECHO = {"role": "user", "content": "ping"}
BUSY = {"message": {"role": "assistant", "content": ""}, "finish_reason": "insufficient_system_resource"}
THINKING = {"message": {"role": "assistant", "content": ""}, "finish_reason": "length"}
EMPTY = {"message": {"role": "assistant", "content": ""}, "finish_reason": "stop"}
READ: dict[str, Any] = {"usage": {"prompt_tokens": 9, "completion_tokens": 0}}
IDLE = "the completion is empty, and no tokens were generated"


@pytest.mark.parametrize(
    ("api", "body"),
    [
        (OPENAI, completion()),
        (OPENAI, completion(error=None)),
        (OPENAI, completion(choices=[THINKING], **READ)),
        (OPENAI, completion(choices=[EMPTY | {"finish_reason": "content_filter"}], **READ)),
        (OPENAI, completion(choices=[EMPTY], usage={"prompt_tokens": 9, "completion_tokens": 8})),
        (OPENAI, completion(choices=[{"message": {"content": None, "reasoning": "x"}, "finish_reason": "stop"}])),
        (OPENAI, completion(choices=[{"message": {"reasoning_content": "x"}, "finish_reason": "length"}])),
        (
            OPENAI,
            completion(choices=[{"message": {"role": "", "reasoning_details": [{"data": "x"}]}, "finish_reason": ""}]),
        ),
        (OPENAI, completion("")),
        (OPENAI, completion(model=None)),
        (OPENAI, completion(choices=[{"message": {"content": "hi"}, "finish_reason": None}])),
        (OPENAI, completion("m1-2025-08-07")),
        (OPENAI, completion("m1:free")),
        (OPENAI, completion(error="")),
        (OPENAI, completion(success=True, base_resp={"status_code": 0})),
        (ANTHROPIC, message()),
        (ANTHROPIC, message("m1-20250929")),
        (ANTHROPIC, message(content=[], stop_reason="max_tokens")),
        (ANTHROPIC, message(content=[], stop_reason="refusal", usage={"input_tokens": 9, "output_tokens": 0})),
        (ANTHROPIC, message(content=[{"type": "redacted_thinking", "data": "x"}], usage=None)),
        (ANTHROPIC, message(content=[{"type": "thinking", "thinking": "", "signature": "x"}], usage=None)),
        (ANTHROPIC, message(stop_reason=None)),
        (RESPONSES, response()),
        (RESPONSES, response("m1-2025-08-07")),
        (RESPONSES, response(output=[{"type": "reasoning"}], **CUT)),
        (RESPONSES, response(output=[], **CUT)),
        (RESPONSES, response(output=[], **FILTERED)),
        (RESPONSES, response(usage=None, output=[{"type": "reasoning", "encrypted_content": "x"}])),
        (RESPONSES, response(usage={}, output=[{"type": "message", "content": [{"refusal": "no"}]}])),
        (RESPONSES, response(usage={}, output=[{"type": "function_call", "name": "f"}])),
        (GOOGLE, content()),
        (GOOGLE, content("m1-001", promptFeedback={"safetyRatings": []})),
        (GOOGLE, content(candidates=candidate("MAX_TOKENS"))),
        (GOOGLE, content(candidates=candidate("MAX_TOKENS", content={"role": "model"}))),
        (GOOGLE, content(candidates=candidate("SAFETY"))),
        (GOOGLE, content(candidates=candidate("UNEXPECTED_TOOL_CALL"))),
        (GOOGLE, content(None, usageMetadata=None)),
        (GOOGLE, BLOCKED | {"usageMetadata": {"promptTokenCount": 2}}),
        (GOOGLE, BLOCKED | {"usageMetadata": {"trafficType": "ON_DEMAND"}}),
        (OLLAMA, chat()),
        (OLLAMA, chat(eval_count=None)),
        (OLLAMA, chat(message={"role": "assistant", "content": "", "thinking": "x"}, done_reason="length")),
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
        (OPENAI, b'data: {"choices": []}\n\n', "the stream stops before its end"),
        (OPENAI, "ok", "the response is not a JSON object"),
        (OPENAI, [], "the response is not a JSON object"),
        (OPENAI, [completion()], "the response is not a JSON object"),
        (OPENAI, {}, "the response has no choices"),
        (OPENAI, {"status": "ok"}, "the response has no choices"),
        (OPENAI, message(), "the response has no choices"),
        (OPENAI, completion(choices=[]), "the response has no choices"),
        (OPENAI, completion(choices=None), "the response has no choices"),
        (OPENAI, completion(choices=["stop"]), "the response has no choices"),
        (OPENAI, completion(choices=[{"finish_reason": "stop"}]), "the first choice has no assistant message"),
        (OPENAI, completion(choices=[THINKING | {"message": ECHO}]), "the first choice has no assistant message"),
        (OPENAI, completion(choices=[{"message": {}, "finish_reason": "stop"}]), IDLE),
        (OPENAI, completion(choices=[{"message": {}}]), IDLE),
        (OPENAI, completion(choices=[EMPTY], **READ), IDLE),
        (OPENAI, completion(choices=[THINKING]), IDLE),
        (ANTHROPIC, completion(), "the response is not an assistant message"),
        (ANTHROPIC, message(role="user"), "the response is not an assistant message"),
        (ANTHROPIC, message(content=None), "the message has no content"),
        (ANTHROPIC, message(content=[], stop_reason=None), "the message is neither finished nor begun"),
        (ANTHROPIC, message(content=[], usage=None), IDLE),
        (ANTHROPIC, message(content=[], usage={"input_tokens": 9, "output_tokens": 0}), IDLE),
        (ANTHROPIC, message(content=["pong"]), "the message has no content"),
        (ANTHROPIC, message(content=[], usage={"output_tokens": True}), IDLE),
        (
            OPENAI,
            completion(choices=[{"message": {"content": 5}, "finish_reason": "stop"}]),
            "the message has no content",
        ),
        (RESPONSES, completion(), "the response has no output"),
        (RESPONSES, response(output=None), "the response has no output"),
        (RESPONSES, response(output=["pong"]), "the response has no output"),
        (RESPONSES, response(status="in_progress"), "the response is not complete"),
        (RESPONSES, response(status="incomplete"), "the response is not complete"),
        (RESPONSES, response(output=[]), "the response is complete without an output"),
        (RESPONSES, response(output=[{"type": "message"}], usage={"input_tokens": 9}), IDLE),
        (RESPONSES, response(output=[], usage={}, **FILTERED), IDLE),
        (GOOGLE, completion(), "the response has no candidates"),
        (GOOGLE, content(candidates=["pong"]), "the response has no candidates"),
        (GOOGLE, content(candidates=candidate(None)), "the candidate is not finished"),
        (
            GOOGLE,
            content(candidates=candidate("STOP", content={"role": "user", "parts": []})),
            "the candidate is not finished",
        ),
        (GOOGLE, content(candidates=candidate("STOP", content={"parts": ["pong"]})), "the candidate is not finished"),
        (GOOGLE, content(candidates=candidate("STOP"), usageMetadata={"promptTokenCount": 9}), IDLE),
        (GOOGLE, content(candidates=candidate("UNEXPECTED_TOOL_CALL"), usageMetadata={"promptTokenCount": 9}), IDLE),
        (OLLAMA, completion(), "the response has no assistant message"),
        (OLLAMA, chat(message={"role": "user", "content": "ping"}), "the response has no assistant message"),
        (OLLAMA, chat(message={"role": "assistant", "content": 5}), "the message has no content"),
        (OLLAMA, chat(done=False), "the message is not done"),
        (OLLAMA, chat(done_reason="load"), "the message is not done"),
        (OLLAMA, chat(message={"role": "assistant", "content": ""}, eval_count=None), IDLE),
    ],
)
def test_other_success_response_is_invalid(api: str, body: Any, problem: str) -> None:
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
        # what the body says wins: insufficient quota in a 200 is billing, whatever the status claims
        (RESPONSES, {"type": "error", "error": {"code": "insufficient_quota"}}, Reason.CREDIT_EXHAUSTED),
        (RESPONSES, response(status="failed", error={"code": "rate_limit_exceeded"}), Reason.RATE_LIMITED),
        (RESPONSES, response(status="failed"), Reason.INVALID_RESPONSE),
        (RESPONSES, response(**CUT | {"incomplete_details": {"reason": "other"}}), Reason.INVALID_RESPONSE),
        (GOOGLE, {"promptFeedback": {"blockReason": "SAFETY"}}, Reason.BAD_REQUEST),
        (GOOGLE, content(candidates=candidate("SAFETY"), usageMetadata={}), Reason.BAD_REQUEST),
        (GOOGLE, content(candidates=candidate("OTHER")), Reason.INVALID_RESPONSE),
        (GOOGLE, [content(), {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}], Reason.RATE_LIMITED),
        (GOOGLE, [{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}], Reason.RATE_LIMITED),
        (OLLAMA, {"error": "an error was encountered while running the model"}, Reason.INVALID_RESPONSE),
        (OPENAI, {"error": "Unexpected endpoint or method. (POST /chat/completions)"}, Reason.INVALID_RESPONSE),
    ],
)
def test_error_in_a_success_response_is_an_error(api: str, body: Any, reason: Reason) -> None:
    assert judge(make_call(api), respond(body)).reason is reason


TOOL = {"type": "function", "function": {"name": "noop", "arguments": "{}"}}
ASSISTANT = {"role": "assistant", "content": None}
OTHER_TOOL = {"type": "tool_use", "name": "other"}


@pytest.mark.parametrize(
    ("api", "called", "cut", "uncalled"),
    [
        (
            OPENAI,
            completion(choices=[{"message": ASSISTANT | {"tool_calls": [TOOL]}, "finish_reason": "tool_calls"}]),
            completion(choices=[THINKING], **READ),
            completion(choices=[{"message": ASSISTANT | {"tool_calls": ["noop"]}, "finish_reason": "stop"}]),
        ),
        (
            RESPONSES,
            response(output=[{"type": "reasoning"}, {"type": "function_call", "name": "noop"}]),
            response(output=[], **CUT),
            response(),
        ),
        (
            ANTHROPIC,
            message(content=[{"type": "tool_use", "name": "noop", "input": {}}], stop_reason="tool_use"),
            message(stop_reason="max_tokens"),
            message(content=[OTHER_TOOL], stop_reason="tool_use"),
        ),
        (
            GOOGLE,
            content(candidates=candidate("STOP", content={"parts": [{"functionCall": {"name": "noop"}}]})),
            content(candidates=candidate("MAX_TOKENS")),
            content(candidates=candidate("MALFORMED_FUNCTION_CALL")),
        ),
        (
            OLLAMA,
            chat(message={"role": "assistant", "content": "", "tool_calls": [TOOL]}),
            chat(done_reason="length"),
            chat(),
        ),
    ],
)
def test_tool_that_was_demanded_must_be_called(api: str, called: Any, cut: Any, uncalled: Any) -> None:
    call = replace(make_call(api), tool=True)
    assert judge(call, respond(called)).status is Status.OK
    assert judge(call, respond(cut)).reason is Reason.UNCLASSIFIED
    assert judge(call, respond(uncalled)).reason is Reason.UNSUPPORTED_PARAMETER
    assert judge(make_call(api), respond(cut)).status is Status.OK


@pytest.mark.parametrize("status", [100, 201, 202, 204, 206, 226])
def test_only_status_200_can_be_a_success(status: int) -> None:
    assert judge(make_call(OPENAI), respond(completion(), status)).reason is Reason.INVALID_RESPONSE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_invalid(status: int) -> None:
    verdict = judge(make_call(OPENAI), respond(completion(), status))
    assert verdict.reason is Reason.INVALID_RESPONSE
    assert verdict.error == f"HTTP {status}: the server redirects, and redirects are not followed"


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


def test_error_is_read_in_the_dialect_of_the_descriptor() -> None:
    errors = {"path": ["outcome"], "codes": {"7001": "credit_exhausted"}, "source": "x"}
    call = replace(make_call("openai-completions"), errors=errors)
    for status in (400, 200):
        body = {"outcome": {"code": 7001}, "error": {"message": "x"}}
        assert judge(call, respond(body, status)).reason is Reason.CREDIT_EXHAUSTED


@pytest.mark.parametrize("spelling", ["{key}", "\\u0073{rest}", "{encoded}", "sk-very-****6789"])
def test_echoed_key_is_nowhere_in_a_verdict(spelling: str) -> None:
    key = "sk-very-secret-0123456789"
    encoded = base64.b64encode(key.encode()).decode()
    text = spelling.format(key=key, rest=key[1:], encoded=encoded)
    body = f'{{"error": {{"code": "{text}", "message": "bad {text}"}}}}'.encode()
    answer = Response(401, {}, body, 5, Echoes((Secret(key),)))
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
