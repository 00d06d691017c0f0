"""The token endpoints of clouds: Entra, Google and GitHub Copilot, each in its provider's shape.

The secret that is sent decides what the token plays, and is never verified: a client's secret at Entra, the local part
of a service account's address or a refresh token at Google, a GitHub token at Copilot.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from text2llm.sandbox.keys import KeyBehavior, find_behavior
from text2llm.sandbox.oauth.ledger import Login
from text2llm.sandbox.oauth.request import OAuthRequest
from text2llm.sandbox.oauth.tokens import make_json
from text2llm.sandbox.values import HttpResponse, Json

_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_COPILOT_SECONDS = 1500
_COPILOT_BASE = "/github-copilot"
#: Entra's errors by behavior: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
_ENTRA_ERRORS = {
    "expired": (7000222, "The provided client secret keys for app are expired."),
    "revoked": (7000215, "Invalid client secret provided."),
}


def exchange_entra(asked: OAuthRequest) -> HttpResponse:
    """Client credentials: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow."""
    fields = asked.fields
    role = _find_role(asked, fields.get("client_secret", ""))
    if fields.get("grant_type") != "client_credentials" or not fields.get("client_id") or not fields.get("scope"):
        return _refuse_entra(400, "invalid_request", 900144, "The request body must contain all required parameters.")
    if role is None or role.name in _ENTRA_ERRORS:
        number, text = _ENTRA_ERRORS["revoked" if role is None else role.name]
        return _refuse_entra(401, "invalid_client", number, text)
    token, seconds = _issue(asked, role)
    return make_json(
        200, {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}
    )


def _refuse_entra(status: int, code: str, number: int, text: str) -> HttpResponse:
    return make_json(status, {"error": code, "error_description": f"AADSTS{number}: {text}", "error_codes": [number]})


def exchange_google(asked: OAuthRequest) -> HttpResponse:
    """A service account's assertion or a refresh token: https://developers.google.com/identity/protocols/oauth2."""
    fields = asked.fields
    match fields.get("grant_type"):
        case grant if grant == _JWT_GRANT:
            role = _find_role(asked, str(_read_claims(fields.get("assertion", "")).get("iss", "")).partition("@")[0])
            text = "Invalid JWT Signature."
        case "refresh_token":
            role = _find_role(asked, fields.get("refresh_token", ""))
            text = "Token has been expired or revoked."
        case _:
            return make_json(400, {"error": "unsupported_grant_type", "error_description": "Invalid grant_type"})
    if role is None or role.name in {"revoked", "expired"}:
        return make_json(400, {"error": "invalid_grant", "error_description": text})
    token, seconds = _issue(asked, role)
    return make_json(200, {"access_token": token, "expires_in": seconds, "token_type": "Bearer"})


def exchange_copilot(asked: OAuthRequest) -> HttpResponse:
    """A GitHub token for one of Copilot: ericc-ch/copilot-api:src/services/github/get-copilot-token.ts.

    The errors: https://docs.github.com/rest/authentication; issue: github/copilot-cli#18.
    """
    role = _find_role(asked, asked.request.headers.get("authorization", "").partition(" ")[2])
    if role is None or role.name in {"revoked", "expired"}:
        text = {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401"}
        return make_json(401, text)
    if role.name == "forbidden":
        return HttpResponse(403, b"unauthorized: not authorized to use this Copilot feature\n")
    token, _ = _issue(asked, role, _COPILOT_SECONDS)
    told: Json = {"token": token, "expires_at": int(asked.request.now) + _COPILOT_SECONDS}
    api = asked.origin + _COPILOT_BASE
    return make_json(
        200, {**told, "refresh_in": _COPILOT_SECONDS - 60, "endpoints": {"api": api}, "chat_enabled": True}
    )


def _find_role(asked: OAuthRequest, secret: str) -> KeyBehavior | None:
    return find_behavior(secret, asked.names)


def _issue(asked: OAuthRequest, role: KeyBehavior, seconds: int | None = None) -> tuple[str, int]:
    lasting = asked.terms["expiresIn"] if seconds is None else seconds
    login = Login(asked.client[0], asked.fields.get("scope", ""), role.name, lasting)
    return asked.ledger.issue(login, asked.request.now).access, lasting


def _read_claims(token: str) -> Mapping[str, Any]:
    """The claims of a JWT, which are not verified; empty if there are none."""
    middle = token.split(".")[1] if token.count(".") == 2 else ""  # noqa: PLR2004 - header, claims, signature
    try:
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
