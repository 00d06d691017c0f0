"""The endpoints of the OpenID provider (RFC 6749, 7636, 8414, 8628, 9207; OpenID Connect Discovery 1.0).

Every client id is known. One that is a key of the sandbox, such as ``sandbox-expired``, gets tokens that play that;
``sandbox-denied`` is refused. Codes live for a minute and serve once, refresh tokens rotate, and using one again ends
its login.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from text2llm.sandbox.oauth.ledger import Code, Login, Refused
from text2llm.sandbox.oauth.pages import make_json, make_page, send_back
from text2llm.sandbox.oauth.tokens import DEVICE_GRANT, exchange, proves, refuse, revoke, tell_user
from text2llm.sandbox.oauth.visit import Visit
from text2llm.sandbox.values import Reply

_HOME = "/oauth/code"  # the page that shows a code, for clients that ask their users to paste it
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_FOR_EVER = 10**9  # seconds: what OpenRouter gives is an API key
_OPENROUTER = "openrouter"


def answer_login(visit: Visit) -> Reply | None:
    """The reply to a request at the provider; ``None`` for a path that is not its own."""
    methods = _ENDPOINTS.get(visit.request.path)
    if methods is None:
        return None
    serve = methods.get(visit.request.method)
    return serve(visit) if serve else Reply(405, headers={"allow": ", ".join(methods)})


def _discover(visit: Visit) -> Reply:
    at = visit.origin
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


def _authorize(visit: Visit) -> Reply:
    fields, (client, _) = visit.fields, visit.client
    redirect = fields.get("redirect_uri", "")
    if not client:
        return make_page(400, "Refused", "The request names no client_id.")
    if not _may_return(redirect, visit.origin):
        return make_page(
            400, "Refused", "The sandbox sends codes to this machine alone: redirect_uri is not a loopback URL."
        )
    back = {"state": fields.get("state"), "iss": visit.origin}
    if visit.denies:
        return send_back(redirect, {"error": "access_denied", **back})
    if fields.get("response_type") != "code":
        return send_back(redirect, {"error": "unsupported_response_type", **back})
    challenge = fields.get("code_challenge", "")
    if not challenge or fields.get("code_challenge_method") != "S256":
        words = "PKCE is needed: code_challenge, with code_challenge_method=S256"
        return send_back(redirect, {"error": "invalid_request", "error_description": words, **back})
    code = Code(client, redirect, challenge, fields.get("scope", ""), fields.get("nonce"), 0)
    return send_back(redirect, {"code": visit.ledger.add_code(code, visit.request.now), **back})


def _may_return(redirect: str, origin: str) -> bool:
    if not redirect.isascii() or not redirect.isprintable() or " " in redirect:
        return False  # it becomes a header
    try:
        parts = urlsplit(redirect)
        host = parts.hostname
    except ValueError:
        return False
    return redirect == origin + _HOME or (parts.scheme == "http" and host in _LOOPBACK and not parts.fragment)


def _show_code(visit: Visit) -> Reply:
    """What people paste: the code, and the state behind a hash, as Anthropic's page shows it."""
    fields = visit.fields
    text = fields.get("error") or "#".join(filter(None, (fields.get("code"), fields.get("state"))))
    return make_page(200, "Paste this into your terminal", text)


def _start_device(visit: Visit) -> Reply:
    client, terms = visit.client[0], visit.terms
    if not client:
        return refuse(Refused("invalid_client", "the request names no client_id"), 401)
    scope = visit.fields.get("scope", "")
    word, device = visit.ledger.add_device(client, scope, terms.device_seconds, terms.interval, visit.request.now)
    page = f"{visit.origin}/oauth/activate"
    answer = {
        "device_code": word,
        "user_code": device.user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?user_code={device.user_code}",
        "expires_in": terms.device_seconds,
        "interval": terms.interval,
    }
    return make_json(200, answer)


def _activate(visit: Visit) -> Reply:
    device = visit.ledger.find_device(visit.fields.get("user_code", ""))
    if device is None:
        return make_page(
            200,
            "Device login",
            "Add ?user_code=XXXX-XXXX to this address to approve. The sandbox also approves by itself.",
        )
    device.approved = True
    return make_page(200, "Approved", "Return to the terminal.")


def _list_keys(_visit: Visit) -> Reply:
    return make_json(200, {"keys": []})  # ID tokens are signed with the client's secret


def _authorize_openrouter(visit: Visit) -> Reply:
    """OpenRouter's way to a key, which no client has to register for (https://openrouter.ai/docs/use-cases/oauth-pkce)."""
    redirect, challenge = visit.fields.get("callback_url", ""), visit.fields.get("code_challenge", "")
    if not _may_return(redirect, visit.origin):
        return make_page(
            400, "Refused", "The sandbox sends codes to this machine alone: callback_url is not a loopback URL."
        )
    if visit.terms.deny:
        return make_page(403, "Refused", "The scenario says that nobody approves.")
    code = Code(
        _OPENROUTER, None, challenge if visit.fields.get("code_challenge_method") == "S256" else "", "", None, 0
    )
    return send_back(redirect, {"code": visit.ledger.add_code(code, visit.request.now)})


def _exchange_openrouter(visit: Visit) -> Reply:
    now, ledger = visit.request.now, visit.ledger
    code = ledger.redeem_code(visit.fields.get("code", ""), _OPENROUTER, now)
    if isinstance(code, Refused) or not proves(visit.fields.get("code_verifier", ""), code.challenge):
        return make_json(403, {"error": {"message": "Invalid code or code_verifier", "code": 403}})
    issued = ledger.issue(Login(_OPENROUTER, "", "ok", _FOR_EVER), now)
    code.family = ledger.family_of(issued)
    return make_json(200, {"key": issued.access, "user_id": "user_sandbox"})


_ENDPOINTS: Mapping[str, Mapping[str, Callable[[Visit], Reply]]] = {
    "/.well-known/openid-configuration": {"GET": _discover},
    "/.well-known/oauth-authorization-server": {"GET": _discover},
    "/oauth/authorize": {"GET": _authorize},
    _HOME: {"GET": _show_code},
    "/oauth/token": {"POST": exchange},
    "/oauth/device": {"POST": _start_device},
    "/oauth/activate": {"GET": _activate, "POST": _activate},
    "/oauth/revoke": {"POST": revoke},
    "/oauth/userinfo": {"GET": tell_user},
    "/oauth/keys": {"GET": _list_keys},
    "/auth": {"GET": _authorize_openrouter},
    "/openrouter/auth": {"GET": _authorize_openrouter},
    "/api/v1/auth/keys": {"POST": _exchange_openrouter},
    "/openrouter/api/v1/auth/keys": {"POST": _exchange_openrouter},
}
