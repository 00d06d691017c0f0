"""Logins at the sandbox: PKCE, rotation with reuse detection, devices, and what the tokens then do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.sandbox.talking import Answer, Quiet
from text2llm.sandbox.oauth import ledger
from text2llm.secret import Secret
from text2llm.trust.public import is_public_value

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CALLBACK = "http://127.0.0.1:43210/callback"
ORIGIN = "http://127.0.0.1:8787"
ASKED = {
    "response_type": "code",
    "client_id": "team",
    "redirect_uri": CALLBACK,
    "scope": "openid offline_access",
    "state": "st4te",
    "nonce": "n0nce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def authorize(quiet: Quiet, **changes: str | None) -> Answer:
    asked = {name: value for name, value in {**ASKED, **changes}.items() if value is not None}
    return quiet.send("GET", f"/oauth/authorize?{urlencode(asked)}")


def came_back(answer: Answer) -> dict[str, str]:
    assert answer.status == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def post(quiet: Quiet, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
    form = {"content-type": "application/x-www-form-urlencoded", **headers}
    return quiet.send("POST", path, form, urlencode(fields).encode())


def redeem(quiet: Quiet, code: str, **changes: str) -> Answer:
    fields = {"grant_type": "authorization_code", "client_id": "team", "redirect_uri": CALLBACK}
    return post(quiet, "/oauth/token", {**fields, "code": code, "code_verifier": VERIFIER, **changes})


def log_in(quiet: Quiet, **changes: str | None) -> Any:
    code = came_back(authorize(quiet, **changes))["code"]
    client = changes.get("client_id") or "team"
    return redeem(quiet, code, client_id=client).data


def renew(quiet: Quiet, token: str, client: str = "team") -> Answer:
    fields = {"grant_type": "refresh_token", "client_id": client, "refresh_token": token}
    return post(quiet, "/oauth/token", fields)


def error_of(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.data["error"]


@pytest.mark.parametrize("name", ["openid-configuration", "oauth-authorization-server"])
def test_discovery_names_what_there_is(quiet: Quiet, name: str) -> None:
    document = quiet.send("GET", f"/.well-known/{name}").data
    assert document["issuer"] == ORIGIN
    assert document["code_challenge_methods_supported"] == ["S256"]
    endpoints = [url for key, url in document.items() if key.endswith(("_endpoint", "_uri"))]
    assert len(endpoints) == 6
    for url in endpoints:
        path = url.removeprefix(ORIGIN)
        assert {quiet.send(method, path).status for method in ("GET", "POST")} - {404}


def test_login_issues_tokens_that_are_keys(quiet: Quiet) -> None:
    back = came_back(authorize(quiet))
    assert (back["state"], back["iss"]) == ("st4te", ORIGIN)
    answer = redeem(quiet, back["code"])
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.data
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 3600, "openid offline_access")
    assert re.fullmatch(r"sandbox-ok-[a-z0-9]{12}", tokens["access_token"])
    assert quiet.ask("openai", tokens["access_token"]).status == 200
    assert quiet.behavior == "ok"


def test_everything_that_is_given_is_a_public_value(quiet: Quiet) -> None:
    back, tokens = came_back(authorize(quiet)), log_in(quiet)
    device = post(quiet, "/oauth/device", {"client_id": "team"}).data
    words = (back["code"], tokens["access_token"], tokens["refresh_token"], device["device_code"])
    assert all(is_public_value(Secret(word)) for word in words)


def test_id_token_has_its_audience(quiet: Quiet) -> None:
    header, claims, signature = log_in(quiet)["id_token"].split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert (said["iss"], said["aud"], said["nonce"], said["email"]) == (
        ORIGIN,
        "team",
        "n0nce",
        "rehearsal@sandbox.invalid",
    )
    made = hmac.digest(b"team", f"{header}.{claims}".encode(), "sha256")
    assert base64.urlsafe_b64decode(signature + "=") == made


def test_scope_decides_what_is_given(quiet: Quiet) -> None:
    assert set(log_in(quiet, scope="profile")) == {"access_token", "token_type", "expires_in", "scope"}
    assert "refresh_token" in log_in(quiet, scope=None)


def test_access_token_expires(quiet: Quiet) -> None:
    token = log_in(quiet)["access_token"]
    quiet.now += 3599
    assert quiet.ask("openai", token).status == 200
    quiet.now += 1
    quiet.ask("openai", token)
    assert quiet.behavior == "expired"


def test_client_id_decides_what_the_tokens_play(quiet: Quiet) -> None:
    token = log_in(quiet, client_id="sandbox-unpaid")["access_token"]
    assert token.startswith("sandbox-unpaid-")
    quiet.ask("openai", token)
    assert quiet.behavior == "unpaid"


def test_token_of_another_run_is_still_a_key(quiet: Quiet) -> None:
    quiet.ask("openai", "sandbox-ok-4f9k2m1x8q0z")
    assert quiet.behavior == "ok"


def test_code_serves_once_and_a_second_time_ends_the_login(quiet: Quiet) -> None:
    code = came_back(authorize(quiet))["code"]
    tokens = redeem(quiet, code).data
    assert error_of(redeem(quiet, code)) == (400, "invalid_grant")
    quiet.ask("openai", tokens["access_token"])
    assert quiet.behavior == "revoked"
    assert error_of(renew(quiet, tokens["refresh_token"])) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": "short"},
        {"code_verifier": "v" * 129},
        {"redirect_uri": "http://127.0.0.1:43211/callback"},
        {"client_id": "other"},
        {"code": "sandbox-code-000000000000"},
    ],
)
def test_code_is_for_who_asked_for_it(quiet: Quiet, changes: dict[str, str]) -> None:
    code = came_back(authorize(quiet))["code"]
    assert error_of(redeem(quiet, **{"code": code, **changes})) == (400, "invalid_grant")


def test_code_that_was_tried_with_a_wrong_verifier_is_spoilt(quiet: Quiet) -> None:
    code = came_back(authorize(quiet))["code"]
    redeem(quiet, code, code_verifier="w" * 43)
    assert error_of(redeem(quiet, code)) == (400, "invalid_grant")


def test_code_lives_for_a_minute(quiet: Quiet) -> None:
    code = came_back(authorize(quiet))["code"]
    quiet.now += 60
    assert error_of(redeem(quiet, code)) == (400, "invalid_grant")


def test_refresh_rotates_and_reuse_ends_the_login(quiet: Quiet) -> None:
    first = log_in(quiet)
    second = renew(quiet, first["refresh_token"]).data
    third = renew(quiet, second["refresh_token"]).data
    assert len({tokens["refresh_token"] for tokens in (first, second, third)}) == 3
    assert quiet.ask("openai", third["access_token"]).status == 200
    assert "was already used" in renew(quiet, first["refresh_token"]).data["error_description"]
    assert error_of(renew(quiet, third["refresh_token"])) == (400, "invalid_grant")
    quiet.ask("openai", third["access_token"])
    assert quiet.behavior == "revoked"


@pytest.mark.parametrize("token", ["", "sandbox-refresh-000000000000"])
def test_unknown_refresh_token(quiet: Quiet, token: str) -> None:
    assert error_of(renew(quiet, token)) == (400, "invalid_grant")


def test_refresh_token_is_for_its_client(quiet: Quiet) -> None:
    assert error_of(renew(quiet, log_in(quiet)["refresh_token"], "other")) == (400, "invalid_grant")


def test_revoked_login_is_over(quiet: Quiet) -> None:
    tokens = log_in(quiet)
    assert post(quiet, "/oauth/revoke", {"token": tokens["refresh_token"]}).status == 200
    quiet.ask("openai", tokens["access_token"])
    assert quiet.behavior == "revoked"
    other = log_in(quiet)
    post(quiet, "/oauth/revoke", {"token": other["access_token"]})
    assert renew(quiet, other["refresh_token"]).status == 400
    assert post(quiet, "/oauth/revoke", {"token": "unknown"}).status == 200


def test_userinfo_needs_a_valid_token(quiet: Quiet) -> None:
    token = log_in(quiet)["access_token"]
    told = quiet.send("GET", "/oauth/userinfo", {"authorization": f"Bearer {token}"})
    assert told.data == {"sub": "sandbox", "email": "rehearsal@sandbox.invalid"}
    assert error_of(quiet.send("GET", "/oauth/userinfo")) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"client_id": "sandbox-denied"}, "access_denied"),
    ],
)
def test_mistaken_authorization_comes_back_as_an_error(
    quiet: Quiet, changes: dict[str, str | None], error: str
) -> None:
    back = came_back(authorize(quiet, **changes))
    assert (back["error"], back["state"]) == (error, "st4te")
    assert "code" not in back


@pytest.mark.parametrize(
    "redirect",
    [
        None,
        "https://evil.invalid/callback",
        "http://evil.invalid/callback",
        "http://127.0.0.1.evil.invalid/",
        "http://127.0.0.1:1/#fragment",
        "http://127.0.0.1:1/\r\nset-cookie: a=b",
        "http://127.0.0.1:1/ü",
        "http://127.0.0.1:1/a b",
        "http://[::1/",
        "custom:/callback",
    ],
)
def test_code_goes_to_this_machine_alone(quiet: Quiet, redirect: str | None) -> None:
    answer = authorize(quiet, redirect_uri=redirect)
    assert answer.status == 400
    assert "location" not in answer.headers
    openrouter = {"callback_url": redirect or "", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    assert quiet.send("GET", f"/auth?{urlencode(openrouter)}").status == 400


def test_authorization_without_a_client(quiet: Quiet) -> None:
    assert authorize(quiet, client_id=None).status == 400


def test_page_shows_a_code_to_paste(quiet: Quiet) -> None:
    back = authorize(quiet, redirect_uri=f"{ORIGIN}/oauth/code")
    location = back.headers["location"].removeprefix(ORIGIN)
    page = quiet.send("GET", location)
    assert re.search(r"<p>sandbox-code-[a-z0-9]{12}#st4te</p>", page.body.decode())
    assert b"&lt;b&gt;" in quiet.send("GET", "/oauth/code?error=%3Cb%3E").body


def test_redirect_keeps_its_own_query(quiet: Quiet) -> None:
    assert "?tab=1&code=sandbox-code-" in authorize(quiet, redirect_uri=f"{CALLBACK}?tab=1").headers["location"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "password", "client_id": "team"}, (400, "unsupported_grant_type")),
        ({"client_id": "team"}, (400, "unsupported_grant_type")),
        ({"grant_type": "refresh_token"}, (401, "invalid_client")),
    ],
)
def test_mistaken_request_for_tokens(quiet: Quiet, fields: dict[str, str], error: tuple[int, str]) -> None:
    assert error_of(post(quiet, "/oauth/token", fields)) == error


@pytest.mark.parametrize("body", [b"nonsense", b"[]", b"\xff", b"[" * 100_000])
def test_json_that_is_none_names_no_client(quiet: Quiet, body: bytes) -> None:
    answer = quiet.send("POST", "/oauth/token", {"content-type": "application/json"}, body)
    assert error_of(answer) == (401, "invalid_client")


def test_tokens_may_be_asked_for_in_json(quiet: Quiet) -> None:
    code = came_back(authorize(quiet))["code"]
    fields = {"grant_type": "authorization_code", "client_id": "team", "redirect_uri": CALLBACK, "code": code}
    body = json.dumps({**fields, "code_verifier": VERIFIER, "state": 7}).encode()
    assert quiet.send("POST", "/oauth/token", {"content-type": "application/json"}, body).status == 200


@pytest.fixture
def secretive() -> Quiet:
    return Quiet({"oauth": {"clientSecret": "sandbox-secret", "expiresIn": 10}})


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode("latin-1")).decode()


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (basic("team:sandbox-secret"), 200),
        (basic("team:wrong"), 401),
        ("Basic !!!", 401),
        (basic("\xff"), 401),
        ("Bearer x", 401),
    ],
)
def test_client_shows_its_secret_in_the_header(secretive: Quiet, authorization: str, status: int) -> None:
    code = came_back(authorize(secretive))["code"]
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    answer = post(secretive, "/oauth/token", fields, authorization=authorization)
    assert answer.status == status


def test_client_shows_its_secret_in_the_body(secretive: Quiet) -> None:
    code = came_back(authorize(secretive))["code"]
    tokens = redeem(secretive, code, client_secret="sandbox-secret")
    assert tokens.data["expires_in"] == 10


def ask_device(quiet: Quiet, code: str, client: str = "team") -> Answer:
    return post(quiet, "/oauth/token", {"grant_type": DEVICE_GRANT, "client_id": client, "device_code": code})


def test_device_waits_and_is_approved(quiet: Quiet) -> None:
    device = post(quiet, "/oauth/device", {"client_id": "team", "scope": "offline_access"}).data
    assert (device["expires_in"], device["interval"]) == (600, 1)
    assert device["verification_uri_complete"] == f"{ORIGIN}/oauth/activate?user_code={device['user_code']}"
    assert error_of(ask_device(quiet, device["device_code"])) == (400, "authorization_pending")
    quiet.now += 1
    tokens = ask_device(quiet, device["device_code"]).data
    assert quiet.ask("anthropic", tokens["access_token"]).status == 200
    quiet.now += 1
    assert error_of(ask_device(quiet, device["device_code"])) == (400, "invalid_grant")


def test_device_that_asks_too_fast_is_slowed_down(quiet: Quiet) -> None:
    device = post(quiet, "/oauth/device", {"client_id": "team"}).data["device_code"]
    ask_device(quiet, device)
    quiet.now += 0.5
    assert error_of(ask_device(quiet, device)) == (400, "slow_down")
    quiet.now += 1
    assert error_of(ask_device(quiet, device)) == (400, "slow_down")
    quiet.now += 11
    assert ask_device(quiet, device).status == 200


def test_user_approves_immediately() -> None:
    quiet = Quiet({"oauth": {"pendingPolls": 100}})
    device = post(quiet, "/oauth/device", {"client_id": "team"}).data
    typed = device["user_code"].replace("-", " ").lower()
    assert b"Approved" in post(quiet, "/oauth/activate", {"user_code": typed}).body
    assert ask_device(quiet, device["device_code"]).status == 200
    assert b"Device login" in quiet.send("GET", "/oauth/activate?user_code=WRONG").body


def test_device_code_expires_and_is_for_its_client(quiet: Quiet) -> None:
    device = post(quiet, "/oauth/device", {"client_id": "team"}).data["device_code"]
    assert error_of(ask_device(quiet, device, "other")) == (400, "invalid_grant")
    quiet.now += 600
    assert error_of(ask_device(quiet, device)) == (400, "expired_token")
    assert error_of(post(quiet, "/oauth/device", {})) == (401, "invalid_client")


def test_user_may_deny() -> None:
    quiet = Quiet({"oauth": {"deny": True}})
    assert came_back(authorize(quiet))["error"] == "access_denied"
    device = post(quiet, "/oauth/device", {"client_id": "team"}).data["device_code"]
    assert error_of(ask_device(quiet, device)) == (400, "access_denied")
    assert quiet.send("GET", f"/auth?{urlencode({'callback_url': CALLBACK})}").status == 403


def openrouter_code(quiet: Quiet, method: str = "S256") -> str:
    asked = {"callback_url": f"{CALLBACK}/st4te", "code_challenge": CHALLENGE, "code_challenge_method": method}
    back = quiet.send("GET", f"/openrouter/auth?{urlencode(asked)}")
    assert back.headers["location"].startswith(f"{CALLBACK}/st4te?code=")
    return came_back(back)["code"]


def test_openrouter_issues_keys_to_every_client(quiet: Quiet) -> None:
    fields = {"code": openrouter_code(quiet), "code_verifier": VERIFIER, "code_challenge_method": "S256"}
    answer = quiet.send("POST", "/api/v1/auth/keys", {"content-type": "application/json"}, json.dumps(fields).encode())
    assert set(answer.data) == {"key", "user_id"}
    assert quiet.look("/api/v1/key", key=answer.data["key"]).status == 200
    again = quiet.send("POST", "/api/v1/auth/keys", {"content-type": "application/json"}, json.dumps(fields).encode())
    assert again.data == {"error": {"message": "Invalid code or code_verifier", "code": 403}}


def test_openrouter_wants_a_proof(quiet: Quiet) -> None:
    for method, verifier in (("S256", "w" * 43), ("plain", VERIFIER)):
        fields = {"code": openrouter_code(quiet, method), "code_verifier": verifier}
        body = json.dumps(fields).encode()
        assert quiet.send("POST", "/api/v1/auth/keys", {"content-type": "application/json"}, body).status == 403


def test_other_method_is_not_allowed(quiet: Quiet) -> None:
    answer = quiet.send("GET", "/oauth/token")
    assert (answer.status, answer.headers["allow"], quiet.behavior) == (405, "POST", "login")


def test_keys_are_those_of_the_clients(quiet: Quiet) -> None:
    assert quiet.send("GET", "/oauth/keys").data == {"keys": []}


def test_oldest_is_forgotten_and_what_is_used_is_not(quiet: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_MOST", 3)
    kept, first = log_in(quiet), log_in(quiet)
    for _ in range(4):
        kept = renew(quiet, kept["refresh_token"]).data
        code = came_back(authorize(quiet))["code"]
        spent = redeem(quiet, code).data
    assert quiet.ask("openai", kept["access_token"]).status == 200
    assert renew(quiet, first["refresh_token"]).status == 400
    post(quiet, "/oauth/revoke", {"token": first["refresh_token"]})
    assert quiet.ask("openai", spent["access_token"]).status == 200
    del quiet.state.ledger.families[quiet.state.ledger.access_tokens[spent["access_token"]].family]
    quiet.ask("openai", spent["access_token"])
    assert quiet.behavior == "revoked"
    redeem(quiet, code)  # its login was dropped: nothing is left to revoke
