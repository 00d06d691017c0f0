from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from text2llm.auth.credentials import ApiKey, OAuth, Token
from text2llm.login.errors import LoginError
from text2llm.login.terms import Obtained
from text2llm.login.tokens import Denied, read_obtained, read_renewed, read_response, read_seconds
from text2llm.net.message import Response
from text2llm.providers.oauth import OAuthFacts, load_logins
from text2llm.redaction.echoes import Echoes
from text2llm.secret import Secret

NOW = 1_700_000_000_000
FACTS = OAuthFacts("corp", ("device-code",))


def respond(body: Any, status: int = 200) -> Response:
    text = body if isinstance(body, str) else json.dumps(body)
    echoes = Echoes((Secret("rt-sent-0123456789"),))
    return Response(status, {}, b"the redacted body", 1, echoes, Secret(text))


def make_jwt(claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{payload}.sig"


def obtain(answer: dict[str, Any], facts: OAuthFacts = FACTS) -> Obtained:
    return read_obtained(answer, facts, NOW)


def test_tokens_with_expiry_and_refresh_are_a_login() -> None:
    answer = {"access_token": "at-1", "refresh_token": "rt-1", "expires_in": 3600, "token_type": "bearer"}
    assert obtain(answer) == Obtained(OAuth(Secret("at-1"), Secret("rt-1"), NOW + 3_600_000, {}))


def test_token_that_neither_expires_nor_renews_is_a_plain_token() -> None:
    answer = {"access_token": "gho_1", "token_type": "bearer", "scope": "read:user"}
    assert obtain(answer, load_logins()["github-copilot"]).credential == Token(Secret("gho_1"), None)


@pytest.mark.parametrize(
    ("extra", "refresh", "expires"),
    [
        ({"expires_in": 60}, None, NOW + 60_000),
        ({"expires_in": 1.5}, None, NOW + 1500),
        ({"expires_in": "60"}, None, NOW + 60_000),
        ({"refresh_token": "rt"}, Secret("rt"), None),
        ({"refresh_token": "", "expires_in": 60}, None, NOW + 60_000),
    ],
)
def test_token_that_expires_or_renews_is_a_login(
    extra: dict[str, Any], refresh: Secret | None, expires: int | None
) -> None:
    assert obtain({"access_token": "at", **extra}).credential == OAuth(Secret("at"), refresh, expires, {})


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 5},
        {"access_token": ["at"]},
        {"access_token": "two words"},
        {"access_token": "line\nbreak"},
        {"access_token": "\x1b[31mred"},
        {"access_token": "ä"},
        {"access_token": "a" * 16385},
        {"access_token": "at", "token_type": "mac"},
        {"access_token": "at", "token_type": None},
        {"access_token": "at", "token_type": 1},
        {"access_token": "at", "refresh_token": 7},
        {"access_token": "at", "refresh_token": "two words"},
        {"access_token": "at", "expires_in": 0},
        {"access_token": "at", "expires_in": -1},
        {"access_token": "at", "expires_in": True},
        {"access_token": "at", "expires_in": "soon"},
        {"access_token": "at", "expires_in": "9" * 13},
        {"access_token": "at", "expires_in": 10**300},
        {"access_token": "at", "expires_in": 315_360_001},
        {"access_token": "at", "expires_in": float("nan")},
        {"access_token": "at", "expires_in": float("inf")},
        {"access_token": "at", "expires_in": []},
    ],
)
def test_answer_of_another_shape_is_no_login(answer: dict[str, Any]) -> None:
    with pytest.raises(LoginError, match="the provider's response has") as caught:
        obtain(answer)
    assert caught.value.hint == "the fault is the provider's: try again later, or with another --method"


def test_key_that_a_login_gives_is_found_by_its_pointer() -> None:
    facts = load_logins()["openrouter"]
    assert obtain({"key": "sk-or-v1-1", "user_id": "u"}, facts) == Obtained(ApiKey(Secret("sk-or-v1-1")))
    nested = facts._replace(result_key="/data/key")
    assert obtain({"data": {"key": "k"}}, nested).credential == ApiKey(Secret("k"))


@pytest.mark.parametrize("answer", [{}, {"data": "x"}, {"data": {"key": 3}}, {"key": "k"}])
def test_key_that_is_not_there_is_reported(answer: dict[str, Any]) -> None:
    with pytest.raises(LoginError, match="no usable `/data/key`"):
        obtain(answer, FACTS._replace(result_key="/data/key"))


def test_account_of_codex_comes_from_its_token() -> None:
    access = make_jwt({"https://api.openai.com/auth": {"chatgpt_account_id": "acc-1"}})
    answer = {"access_token": access, "refresh_token": "rt", "expires_in": 60}
    credential = obtain(answer, load_logins()["openai-codex"]).credential
    assert isinstance(credential, OAuth)
    assert credential.extras == {"accountId": "acc-1"}


@pytest.mark.parametrize(
    "access",
    [
        "at",
        "a.b.c",
        "a.!!!!.c",
        "a.eyJ4.c",
        make_jwt([]),
        make_jwt({"https://api.openai.com/auth": "acc"}),
        make_jwt({"https://api.openai.com/auth": {"chatgpt_account_id": 5}}),
        make_jwt({"https://api.openai.com/auth": {"chatgpt_account_id": "a\r\nx: y"}}),
    ],
)
def test_token_without_an_account_is_a_login_all_the_same(access: str) -> None:
    credential = obtain({"access_token": access, "expires_in": 60}, load_logins()["openai-codex"]).credential
    assert isinstance(credential, OAuth)
    assert credential.extras == {}


@pytest.mark.parametrize(
    ("token", "email"),
    [
        (make_jwt({"email": "ada@corp.example"}), "ada@corp.example"),
        (make_jwt({"email": "ada"}), None),
        (make_jwt({"email": "\x1b[2Jada@corp.example"}), None),
        (make_jwt({"email": 5}), None),
        ("not a token", None),
        (7, None),
    ],
)
def test_email_is_a_label_from_the_id_token(token: object, email: str | None) -> None:
    assert obtain({"access_token": "at", "id_token": token}).email == email


def test_refresh_token_that_is_not_replaced_stays() -> None:
    previous = OAuth(Secret("old"), Secret("rt-old"), 5, {"accountId": "a", "projectId": "p"})
    renewed = read_renewed({"access_token": "new", "expires_in": 60}, previous, "corp", NOW)
    assert renewed == OAuth(Secret("new"), Secret("rt-old"), NOW + 60_000, {"accountId": "a", "projectId": "p"})


def test_refresh_token_that_is_replaced_is_kept() -> None:
    previous = OAuth(Secret("old"), Secret("rt-old"), 5, {})
    answer = {"access_token": "new", "refresh_token": "rt-new", "expires_in": 60}
    assert read_renewed(answer, previous, "corp", NOW).refresh == Secret("rt-new")


@pytest.mark.parametrize("lifetime", [0, -1, True, "soon", 10**300, []])
def test_lifetime_that_makes_no_sense_loses_no_token_that_replaces_a_used_up_one(lifetime: object) -> None:
    previous = OAuth(Secret("old"), Secret("rt-old"), 5, {})
    answer = {"access_token": "new", "refresh_token": "rt-new", "expires_in": lifetime}
    assert read_renewed(answer, previous, "corp", NOW) == OAuth(Secret("new"), Secret("rt-new"), NOW, {})


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"error": "invalid_grant"}, Denied(400, "invalid_grant", "invalid_grant")),
        (200, {"error": "slow_down", "interval": 10}, Denied(200, "slow_down", "slow_down")),
        (
            400,
            {"error": "invalid_grant", "error_description": "\x1b[31mused\n\n up "},
            Denied(400, "invalid_grant", "invalid_grant", " ([31mused up)"),
        ),
        (
            401,
            {"error": {"code": "refresh_token_reused", "message": "used", "type": "invalid_request_error"}},
            Denied(401, "refresh_token_reused", "refresh_token_reused", " (used)"),
        ),
        (401, {"error": {"type": "auth", "code": None}}, Denied(401, "auth", "auth")),
        (400, {"error": "<b>bad</b>", "error_description": "  "}, Denied(400, None, "HTTP 400")),
        (400, {"error": 7, "error_description": 8}, Denied(400, None, "HTTP 400")),
        (
            400,
            {"error": "e", "error_description": "sent rt-sent-0123456789"},
            Denied(400, "e", "e", " (sent [redacted])"),
        ),
        (503, "<html>", Denied(503, None, "HTTP 503")),
        (302, "", Denied(302, None, "HTTP 302")),
        (500, [], Denied(500, None, "HTTP 500")),
    ],
)
def test_no_of_a_provider_is_a_value(status: int, body: Any, expected: Denied) -> None:
    assert read_response(respond(body, status)) == expected


def test_description_is_cut() -> None:
    denied = read_response(respond({"error": "e", "error_description": "x y " * 500}, 400))
    assert isinstance(denied, Denied)
    assert len(denied.words) <= 203


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "the body is empty"),
        ("access_token=at&token_type=bearer", "the body is not JSON"),
        ("[]", "the body is not a JSON object"),
        ('{"access_token": "at", "expires_in": NaN}', "a number that is not finite"),
        ('{"access_token": "at", "expires_in": 1e999}', "a number that is too large"),
        ("\udcff", "the body is not UTF-8"),
    ],
)
def test_success_that_is_no_json_object_is_an_error(body: str, reason: str) -> None:
    with pytest.raises(LoginError, match=reason):
        read_response(respond(body))


def test_answer_is_read_as_it_came_and_else_the_body() -> None:
    assert read_response(respond({"access_token": "at"})) == {"access_token": "at"}
    assert read_response(Response(200, {}, b'{"issuer": "i"}', 1)) == {"issuer": "i"}


@pytest.mark.parametrize(("status", "passing"), [(200, False), (400, False), (401, False), (429, True), (503, True)])
def test_busy_or_broken_server_is_no_last_word(status: int, *, passing: bool) -> None:
    assert Denied(status, "invalid_grant", "").is_passing() is passing


@pytest.mark.parametrize(
    ("value", "seconds"), [(5, 5), (0.5, 0.5), ("5", 5), ("x", None), (None, None), (10**400, 1e12)]
)
def test_seconds_are_a_number_above_zero(value: object, seconds: float | None) -> None:
    assert read_seconds(value) == seconds
