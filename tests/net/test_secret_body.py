"""Bodies with credentials: only the client reveals them, and each needs permission."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest

from tests.net.hostile import answer, listen
from tests.net.sending import KEY, NAME, body, kind, send
from text2llm.net.message import Encoding, Failure, Request, Response, SecretBody
from text2llm.secret import Secret
from text2llm.trust.bindings import CredentialKind, CredentialName, Grant, NamedSecret
from text2llm.trust.origin import Origin

SECRET = NamedSecret(NAME, Secret(KEY))
REFRESH = SecretBody(Encoding.FORM, (("grant_type", "refresh_token"), ("refresh_token", SECRET)))


def send_body(origin: Origin, fields: SecretBody, grants: tuple[Grant, ...] | None = None) -> Response | Failure:
    request = Request("POST", origin, "/token")
    return send(origin, credentials=(), grants=grants, request=request, secret_body=fields)


def test_form_is_written_by_the_client() -> None:
    with listen(answer(b"{}")) as server:
        assert body(send_body(server.origin, REFRESH)) == b"{}"
        head, _, sent = server.received[0].partition(b"\r\n\r\n")
    assert b"content-type: application/x-www-form-urlencoded" in head.lower()
    assert parse_qsl(sent.decode()) == [("grant_type", "refresh_token"), ("refresh_token", KEY)]


def test_json_is_written_by_the_client() -> None:
    fields = SecretBody(Encoding.JSON, (("code", SECRET), ("state", "käse".encode().hex())))
    with listen(answer(b"{}")) as server:
        assert body(send_body(server.origin, fields)) == b"{}"
        head, _, sent = server.received[0].partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head.lower()
    assert json.loads(sent) == {"code": KEY, "state": "6bc3a47365"}


def test_secret_of_a_body_is_decided_upon_like_that_of_a_header() -> None:
    with listen(answer(b"{}")) as sink:
        result = send_body(sink.origin, REFRESH, grants=())
        assert sink.connections == 0
    assert kind(result).value == "untrusted_origin"
    assert isinstance(result, Failure)
    assert "env:LAB_API_KEY is not bound to" in result.message


def test_secret_of_a_login_goes_nowhere_by_a_grant() -> None:
    login = NamedSecret(CredentialName(CredentialKind.LOGIN, "lab"), Secret(KEY))
    with listen(answer(b"{}")) as sink:
        fields = SecretBody(Encoding.FORM, (("refresh_token", login),))
        assert kind(send_body(sink.origin, fields, (Grant(login.name, sink.origin),))).value == "untrusted_origin"
        assert sink.connections == 0


def test_answer_that_repeats_the_secret_is_redacted_and_kept_whole_for_the_login_alone() -> None:
    echo = json.dumps({"error": f"bad token {KEY}", "refresh_token": KEY}).encode()
    with listen(answer(echo, b"x-trace: " + KEY.encode(), status=b"400 No")) as server:
        result = send_body(server.origin, REFRESH)
    assert isinstance(result, Response)
    assert json.loads(result.body) == {"error": "bad token [redacted]", "refresh_token": "[redacted]"}
    assert result.headers["x-trace"] == "[redacted]"
    assert KEY not in repr(result)
    assert result.answer == Secret(echo.decode())


def test_answer_to_a_request_without_secrets_in_its_body_is_not_kept() -> None:
    with listen(answer(b"{}")) as server:
        result = send(server.origin)
    assert isinstance(result, Response)
    assert result.answer is None


@pytest.mark.parametrize("value", ["", "a\nb", "käse", "a\x00", "\udc80", " padded", "x" * 20_000])
@pytest.mark.parametrize("encoding", Encoding)
def test_secret_that_no_login_has_is_not_sent(value: str, encoding: Encoding) -> None:
    fields = SecretBody(encoding, (("code", NamedSecret(NAME, Secret(value))),))
    with listen(answer(b"{}")) as sink:
        result = send_body(sink.origin, fields)
        assert sink.connections == 0
    assert kind(result).value == "unsendable_credential"
    assert isinstance(result, Failure)
    assert not value or value not in result.message


@pytest.mark.parametrize("value", ["\udc80", "a\r\nb", "é"])
def test_field_that_no_login_has_is_not_sent(value: str) -> None:
    fields = SecretBody(Encoding.FORM, (("scope", value), ("code", SECRET)))
    with listen(answer(b"{}")) as sink:
        result = send_body(sink.origin, fields)
        assert sink.connections == 0
    assert kind(result).value == "unsendable_request"


def test_body_brings_its_own_type() -> None:
    with listen(answer(b"{}")) as sink:
        request = Request("POST", sink.origin, "/token", (("Content-Type", "text/plain"),))
        assert kind(send(sink.origin, credentials=(), request=request, secret_body=REFRESH)).value == (
            "unsendable_request"
        )
        assert sink.connections == 0


def test_secret_body_is_not_printed() -> None:
    assert KEY not in f"{REFRESH!r}{REFRESH}"
