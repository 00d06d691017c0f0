"""The endpoints of the OpenID provider (RFC 6749, 7636, 8414, 8628, 9207; OpenID Connect Discovery 1.0).

Every client id is known. One that is a key of the sandbox, such as ``sandbox-expired``, gets tokens that play it;
``sandbox-denied`` is denied. Codes expire after a minute and work once, refresh tokens rotate, and reusing one revokes
its login.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit

from text2llm.sandbox.oauth.clouds import exchange_copilot, exchange_entra, exchange_google
from text2llm.sandbox.oauth.ledger import Code, Login, OAuthRefusal
from text2llm.sandbox.oauth.request import OAuthRequest
from text2llm.sandbox.oauth.tokens import DEVICE_GRANT, exchange, make_json, refuse, revoke, show_user, verifies
from text2llm.sandbox.values import HttpResponse

_TENANT = re.compile(r"^/[^/]+(?=/oauth2/v2\.0/token$)")  # of Entra
_HOME = "/oauth/code"  # the page that shows a code, for clients that ask their users to paste it
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_FOREVER = 10**9  # seconds: OpenRouter issues an API key
_OPENROUTER = "openrouter"
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


def answer_login(asked: OAuthRequest) -> HttpResponse | None:
    methods = _ENDPOINTS.get(_TENANT.sub("/{tenant}", asked.request.path, count=1))
    if methods is None:
        return None
    serve = methods.get(asked.request.method)
    return serve(asked) if serve else HttpResponse(405, headers={"allow": ", ".join(methods)})


def _discover(asked: OAuthRequest) -> HttpResponse:
    at = asked.origin
    return make_json(
        200,
        {
            "issuer": at,
            "authorization_endpoint": f"{at}/oauth/authorize",
            "token_endpoint": f"{at}/oauth/token",
            "device_authorization_endpoint": f"{at}/oauth/device",
            "revocation_endpoint": f"{at}/oauth/revoke",
            "userinfo_endpoint": f"{at}/oauth/userinfo",
            "jwks_uri": f"{at}/oauth/keys",
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_GRANT],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": ["HS256"],
            "subject_types_supported": ["public"],
            "authorization_response_iss_parameter_supported": True,
        },
    )


def _authorize(asked: OAuthRequest) -> HttpResponse:
    fields, (client, _) = asked.fields, asked.client
    redirect = fields.get("redirect_uri", "")
    if not client:
        return _make_page(400, "Refused", "The request has no client_id.")
    if not _may_return(redirect, asked.origin):
        return _refuse_redirect("redirect_uri")
    back = {"state": fields.get("state"), "iss": asked.origin}
    if asked.denies:
        return _redirect(redirect, {"error": "access_denied", **back})
    if fields.get("response_type") != "code":
        return _redirect(redirect, {"error": "unsupported_response_type", **back})
    challenge = fields.get("code_challenge", "")
    if not challenge or fields.get("code_challenge_method") != "S256":
        words = "PKCE is required: code_challenge, with code_challenge_method=S256"
        return _redirect(redirect, {"error": "invalid_request", "error_description": words, **back})
    code = Code(client, redirect, challenge, fields.get("scope", ""), fields.get("nonce"), 0)
    return _redirect(redirect, {"code": asked.ledger.add_code(code, asked.request.now), **back})


def _refuse_redirect(field: str) -> HttpResponse:
    return _make_page(400, "Refused", f"The sandbox sends codes only to this machine: {field} is not a loopback URL.")


def _make_page(status: int, title: str, text: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    body = _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
    page = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
    return HttpResponse(status, body, {**page, **(headers or {})})


def _redirect(target: str, fields: Mapping[str, str | None]) -> HttpResponse:
    query = urlencode({name: value for name, value in fields.items() if value is not None})
    location = f"{target}{'&' if '?' in target else '?'}{query}"
    text = "The sandbox approves every client. Your browser is redirected; then return to the terminal."
    return _make_page(302, "Approved" if "code" in fields else "Refused", text, {"location": location})


def _may_return(redirect: str, origin: str) -> bool:
    if not redirect.isascii() or not redirect.isprintable() or " " in redirect:
        return False  # it becomes a header
    try:
        parts = urlsplit(redirect)
        host = parts.hostname
    except ValueError:
        return False
    return redirect == origin + _HOME or (parts.scheme == "http" and host in _LOOPBACK and not parts.fragment)


def _show_code(asked: OAuthRequest) -> HttpResponse:
    """The text to paste: the code, and the state after a hash, as on Anthropic's page."""
    fields = asked.fields
    text = fields.get("error") or "#".join(filter(None, (fields.get("code"), fields.get("state"))))
    return _make_page(200, "Paste this into your terminal", text)


def _start_device(asked: OAuthRequest) -> HttpResponse:
    client, terms = asked.client[0], asked.terms
    if not client:
        return refuse(OAuthRefusal("invalid_client", "the request has no client_id"), 401)
    scope = asked.fields.get("scope", "")
    word, device = asked.ledger.add_device(
        client, scope, terms["deviceExpiresIn"], terms["interval"], asked.request.now
    )
    page = f"{asked.origin}/oauth/activate"
    answer = {
        "device_code": word,
        "user_code": device.user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?user_code={device.user_code}",
        "expires_in": terms["deviceExpiresIn"],
        "interval": terms["interval"],
    }
    return make_json(200, answer)


def _activate(asked: OAuthRequest) -> HttpResponse:
    device = asked.ledger.find_device(asked.fields.get("user_code", ""))
    if device is None:
        text = "Add ?user_code=XXXX-XXXX to this URL to approve. The sandbox also approves automatically."
        return _make_page(200, "Device login", text)
    device.approved = True
    return _make_page(200, "Approved", "Return to the terminal.")


def _list_keys(_visit: OAuthRequest) -> HttpResponse:
    return make_json(200, {"keys": []})  # ID tokens are signed with the client's secret


def _authorize_openrouter(asked: OAuthRequest) -> HttpResponse:
    """OpenRouter issues keys to unregistered clients (https://openrouter.ai/docs/use-cases/oauth-pkce)."""
    redirect, challenge = asked.fields.get("callback_url", ""), asked.fields.get("code_challenge", "")
    if not _may_return(redirect, asked.origin):
        return _refuse_redirect("callback_url")
    if asked.terms["deny"]:
        return _make_page(403, "Refused", "The scenario denies all logins.")
    is_s256 = asked.fields.get("code_challenge_method") == "S256"
    code = Code(_OPENROUTER, None, challenge if is_s256 else "", "", None, 0)
    return _redirect(redirect, {"code": asked.ledger.add_code(code, asked.request.now)})


def _exchange_openrouter(asked: OAuthRequest) -> HttpResponse:
    now, ledger = asked.request.now, asked.ledger
    code = ledger.redeem_code(asked.fields.get("code", ""), _OPENROUTER, now)
    if isinstance(code, OAuthRefusal) or not verifies(asked.fields.get("code_verifier", ""), code.challenge):
        return make_json(403, {"error": {"message": "Invalid code or code_verifier", "code": 403}})
    issued = ledger.issue(Login(_OPENROUTER, "", "ok", _FOREVER), now)
    code.family = issued.family
    return make_json(200, {"key": issued.access, "user_id": "user_sandbox"})


_ENDPOINTS: Mapping[str, Mapping[str, Callable[[OAuthRequest], HttpResponse]]] = {
    "/.well-known/openid-configuration": {"GET": _discover},
    "/.well-known/oauth-authorization-server": {"GET": _discover},
    "/oauth/authorize": {"GET": _authorize},
    _HOME: {"GET": _show_code},
    "/oauth/token": {"POST": exchange},
    "/oauth/device": {"POST": _start_device},
    "/oauth/activate": {"GET": _activate, "POST": _activate},
    "/oauth/revoke": {"POST": revoke},
    "/oauth/userinfo": {"GET": show_user},
    "/oauth/keys": {"GET": _list_keys},
    "/{tenant}/oauth2/v2.0/token": {"POST": exchange_entra},
    "/token": {"POST": exchange_google},
    "/copilot_internal/v2/token": {"GET": exchange_copilot},
    "/auth": {"GET": _authorize_openrouter},
    "/openrouter/auth": {"GET": _authorize_openrouter},
    "/api/v1/auth/keys": {"POST": _exchange_openrouter},
    "/openrouter/api/v1/auth/keys": {"POST": _exchange_openrouter},
}
