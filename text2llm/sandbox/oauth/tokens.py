"""The token endpoint: codes, refresh tokens and devices against access tokens (RFC 6749, 7009, 7636, 8628)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from text2llm.sandbox.oauth.ledger import Issued, Refused
from text2llm.sandbox.oauth.pages import make_json
from text2llm.sandbox.oauth.visit import Visit
from text2llm.sandbox.values import Reply

EMAIL = "rehearsal@sandbox.invalid"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_VERIFIER = range(43, 129)  # RFC 7636, 4.1


def exchange(visit: Visit) -> Reply:
    """Tokens for a grant."""
    client, secret = visit.client
    if not client or (visit.terms.secret is not None and secret != visit.terms.secret):
        return refuse(Refused("invalid_client", "this client is not known, or its secret is wrong"), 401)
    grant = _GRANTS.get(visit.fields.get("grant_type", ""))
    if grant is None:
        return refuse(Refused("unsupported_grant_type", "known are authorization_code, refresh_token and device_code"))
    return grant(visit, client)


def refuse(refused: Refused, status: int = 400) -> Reply:
    """An error of OAuth."""
    return make_json(status, {"error": refused.code, "error_description": refused.text})


def _redeem(visit: Visit, client: str) -> Reply:
    now, ledger = visit.request.now, visit.ledger
    code = ledger.redeem_code(visit.fields.get("code", ""), client, now)
    if isinstance(code, Refused):
        return refuse(code)
    if visit.fields.get("redirect_uri") != code.redirect:
        return refuse(ledger.spoil_code(code, "redirect_uri is not that of the authorization"))
    if not proves(visit.fields.get("code_verifier", ""), code.challenge):
        return refuse(ledger.spoil_code(code, "code_verifier does not fit the code_challenge"))
    issued = ledger.issue(visit.login(code.scope), now)
    code.family = ledger.family_of(issued)
    return _hand_out(visit, issued, code.nonce)


def proves(verifier: str, challenge: str) -> bool:
    """Whether a verifier fits its challenge by S256."""
    digest = hashlib.sha256(verifier.encode(errors="replace")).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return len(verifier) in _VERIFIER and hmac.compare_digest(made.encode(), challenge.encode(errors="replace"))


def _renew(visit: Visit, client: str) -> Reply:
    family = visit.ledger.use_refresh(visit.fields.get("refresh_token", ""), client)
    if isinstance(family, Refused):
        return refuse(family)
    return _hand_out(visit, visit.ledger.issue(visit.login(""), visit.request.now, family=family))


def _poll(visit: Visit, client: str) -> Reply:
    if visit.denies:
        return refuse(Refused("access_denied", "the person said no"))
    now, terms = visit.request.now, visit.terms
    device = visit.ledger.poll_device(visit.fields.get("device_code", ""), client, terms.pending, now)
    if isinstance(device, Refused):
        return refuse(device)
    return _hand_out(visit, visit.ledger.issue(visit.login(device.scope), now))


def _hand_out(visit: Visit, issued: Issued, nonce: str | None = None) -> Reply:
    scopes = issued.scope.split()
    answer: dict[str, Any] = {"access_token": issued.access, "token_type": "Bearer", "expires_in": issued.seconds}
    answer["scope"] = issued.scope
    if not scopes or "offline_access" in scopes:
        answer["refresh_token"] = issued.refresh
    if "openid" in scopes:
        answer["id_token"] = _sign(visit, issued.seconds, nonce)
    return make_json(200, answer)


def _sign(visit: Visit, seconds: int, nonce: str | None) -> str:
    """An ID token, signed with the client's secret (OpenID Connect Core 1.0, 10.1), or with its id for want of one."""
    client, secret = visit.client
    now = int(visit.request.now)
    claims = {"iss": visit.origin, "sub": "sandbox", "aud": client, "iat": now, "exp": now + seconds, "email": EMAIL}
    claims |= {"nonce": nonce} if nonce else {}
    parts = b".".join(_encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    signature = hmac.digest((secret or client).encode(errors="replace"), parts, "sha256")
    return b".".join((parts, _encode(signature))).decode()


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def revoke(visit: Visit) -> Reply:
    """Take a login back."""
    visit.ledger.revoke(visit.fields.get("token", ""))
    return make_json(200, {})


def tell_user(visit: Visit) -> Reply:
    """Who the person with an access token is."""
    token = visit.request.headers.get("authorization", "").partition(" ")[2].strip()
    alive = token in visit.ledger.access_tokens and visit.ledger.find_state(token, visit.request.now) is None
    return (
        make_json(200, {"sub": "sandbox", "email": EMAIL})
        if alive
        else refuse(Refused("invalid_token", "no such token"), 401)
    )


_GRANTS: Mapping[str, Callable[[Visit, str], Reply]] = {
    "authorization_code": _redeem,
    "refresh_token": _renew,
    DEVICE_GRANT: _poll,
}
