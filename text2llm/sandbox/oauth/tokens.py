"""The token endpoint: exchange codes, refresh tokens and devices for access tokens (RFC 6749, 7009, 7636, 8628)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from text2llm.sandbox.oauth.ledger import Issued, OAuthRefusal
from text2llm.sandbox.oauth.request import OAuthRequest
from text2llm.sandbox.values import HttpResponse

EMAIL = "rehearsal@sandbox.invalid"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_VERIFIER = range(43, 129)  # RFC 7636, 4.1


def exchange(asked: OAuthRequest) -> HttpResponse:
    client, secret = asked.client
    if not client or (asked.terms["clientSecret"] not in (None, secret)):
        return refuse(OAuthRefusal("invalid_client", "unknown client, or wrong secret"), 401)
    grant = _GRANTS.get(asked.fields.get("grant_type", ""))
    if grant is None:
        return refuse(OAuthRefusal("unsupported_grant_type", "use authorization_code, refresh_token or device_code"))
    return grant(asked, client)


def make_json(status: int, data: Mapping[str, Any]) -> HttpResponse:
    """A response that must not be cached, as for tokens."""
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return HttpResponse(status, json.dumps(data).encode(), headers)


def refuse(refused: OAuthRefusal, status: int = 400) -> HttpResponse:
    return make_json(status, {"error": refused.code, "error_description": refused.text})


def _redeem(asked: OAuthRequest, client: str) -> HttpResponse:
    now, ledger = asked.request.now, asked.ledger
    code = ledger.redeem_code(asked.fields.get("code", ""), client, now)
    if isinstance(code, OAuthRefusal):
        return refuse(code)
    if asked.fields.get("redirect_uri") != code.redirect:
        return refuse(ledger.spoil_code(code, "redirect_uri differs from the authorization's"))
    if not verifies(asked.fields.get("code_verifier", ""), code.challenge):
        return refuse(ledger.spoil_code(code, "code_verifier does not match code_challenge"))
    issued = ledger.issue(asked.login(code.scope), now)
    code.family = issued.family
    return _hand_out(asked, issued, code.nonce)


def verifies(verifier: str, challenge: str) -> bool:
    digest = hashlib.sha256(verifier.encode(errors="replace")).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return len(verifier) in _VERIFIER and hmac.compare_digest(made.encode(), challenge.encode(errors="replace"))


def _renew(asked: OAuthRequest, client: str) -> HttpResponse:
    family = asked.ledger.use_refresh(asked.fields.get("refresh_token", ""), client)
    if isinstance(family, OAuthRefusal):
        return refuse(family)
    return _hand_out(asked, asked.ledger.issue(asked.login(""), asked.request.now, family=family))


def _poll(asked: OAuthRequest, client: str) -> HttpResponse:
    if asked.denies:
        return refuse(OAuthRefusal("access_denied", "the user denied the request"))
    now, pending = asked.request.now, asked.terms["pendingPolls"]
    device = asked.ledger.poll_device(asked.fields.get("device_code", ""), client, pending, now)
    if isinstance(device, OAuthRefusal):
        return refuse(device)
    return _hand_out(asked, asked.ledger.issue(asked.login(device.scope), now))


def _hand_out(asked: OAuthRequest, issued: Issued, nonce: str | None = None) -> HttpResponse:
    scopes = issued.scope.split()
    answer: dict[str, Any] = {"access_token": issued.access, "token_type": "Bearer", "expires_in": issued.seconds}
    answer["scope"] = issued.scope
    if not scopes or "offline_access" in scopes:
        answer["refresh_token"] = issued.refresh
    if "openid" in scopes:
        answer["id_token"] = _sign(asked, issued.seconds, nonce)
    return make_json(200, answer)


def _sign(asked: OAuthRequest, seconds: int, nonce: str | None) -> str:
    """An ID token, signed with the client's secret (OpenID Connect Core 1.0, 10.1), or its id if there is none."""
    client, secret = asked.client
    now = int(asked.request.now)
    claims = {"iss": asked.origin, "sub": "sandbox", "aud": client, "iat": now, "exp": now + seconds, "email": EMAIL}
    claims |= {"nonce": nonce} if nonce else {}
    parts = b".".join(_encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    signature = hmac.digest((secret or client).encode(errors="replace"), parts, "sha256")
    return b".".join((parts, _encode(signature))).decode()


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def revoke(asked: OAuthRequest) -> HttpResponse:
    asked.ledger.revoke(asked.fields.get("token", ""))
    return make_json(200, {})


def show_user(asked: OAuthRequest) -> HttpResponse:
    token = asked.request.headers.get("authorization", "").partition(" ")[2].strip()
    alive = token in asked.ledger.access_tokens and asked.ledger.find_state(token, asked.request.now) is None
    if not alive:
        return refuse(OAuthRefusal("invalid_token", "no such token"), 401)
    return make_json(200, {"sub": "sandbox", "email": EMAIL})


_GRANTS: Mapping[str, Callable[[OAuthRequest, str], HttpResponse]] = {
    "authorization_code": _redeem,
    "refresh_token": _renew,
    DEVICE_GRANT: _poll,
}
