"""Parse a token endpoint's response to a credential, or to an error. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from text2llm.auth.credentials import ApiKey, OAuth, Token
from text2llm.login.errors import AnswerError, quote_foreign
from text2llm.login.terms import Answer, Obtained
from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.net.message import Response
from text2llm.providers.oauth import OAuthFacts
from text2llm.secret import Secret

#: RFC 6749, appendix A.12 and A.17: tokens are visible ASCII. The limit is that of a header value.
_TOKEN = re.compile(r"[!-~]{1,16384}")
#: The error codes of RFC 6749, 5.2, and of providers that have their own.
_CODE = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")
_DIGITS = re.compile(r"[0-9]{1,12}")
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,128}")
_EMAIL = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,253}")
_LONGEST_LIFE = 10 * 365 * 24 * 3600
_HTTP_OK = range(200, 300)
_TOO_MANY = 429
_SERVER_FAULT = 500

#: By provider: the field in the store, and the path of its value in the access token, a JWT.
_ACCOUNT_CLAIMS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    # pi-mono, utils/oauth/openai-codex.ts: requests have the account in a header
    "openai-codex": ("accountId", ("https://api.openai.com/auth", "chatgpt_account_id")),
}


@dataclass(frozen=True, slots=True)
class Denied:
    """A provider's error response. ``code`` is its error code (RFC 6749, 5.2), ``None`` if it has none.

    The HTTP ``status`` need not be an error: GitHub sends 200. ``words`` are those of a :class:`LoginError`.
    """

    status: int
    code: str | None
    message: str
    words: str = ""

    def is_passing(self) -> bool:
        """Whether the same request may succeed later: the server is busy or broken."""
        return self.status == _TOO_MANY or self.status >= _SERVER_FAULT


def read_response(response: Response) -> Answer | Denied:
    """The fields of a response, or the error.

    Raises:
        LoginError: the status is a success, but the body is not a JSON object.
    """
    answer = response.answer
    data = response.body if answer is None else answer.reveal().encode("utf-8", "surrogateescape")
    value = parse_json(data)
    fields: dict[str, Any] = value if isinstance(value, dict) else {}
    code, description = _find_error(fields)
    if response.status not in _HTTP_OK or fields.get("error"):
        return Denied(response.status, code, code or f"HTTP {response.status}", _quote(response, description))
    if not isinstance(value, dict):
        reason = value.reason if isinstance(value, InvalidJson) else "the body is not a JSON object"
        raise AnswerError(f"the provider's response cannot be used: {reason}")
    return fields


def read_obtained(answer: Answer, facts: OAuthFacts, now: int) -> Obtained:
    """The result of a login; ``now`` in milliseconds since the epoch.

    An access token that neither expires nor can be renewed is a plain token.

    Raises:
        LoginError: the response has no usable token.
    """
    if facts.result_key is not None:
        return Obtained(ApiKey(require_token(_walk(answer, facts.result_key.split("/")[1:]), facts.result_key)))
    tokens = _read_tokens(answer, facts.provider, now)
    plain = tokens.refresh is None and tokens.expires is None and not tokens.extras
    return Obtained(Token(tokens.access, None) if plain else tokens, _find_email(answer))


def read_renewed(answer: Answer, previous: OAuth, provider: str, now: int) -> OAuth:
    """The result of a refresh; a refresh token that is not replaced stays (RFC 6749, 6), and so do the extras.

    A token with an invalid lifetime is stored as expired ``now``: it can still be used, and will be renewed.

    Raises:
        LoginError: the response has no usable token.
    """
    # The old tokens are used up, so the new ones are kept despite an invalid lifetime.
    odd = answer.get("expires_in") is not None and _read_lifetime(answer) is None
    tokens = _read_tokens({**answer, "expires_in": None} if odd else answer, provider, now)
    return tokens._replace(
        refresh=tokens.refresh or previous.refresh,
        expires=now if odd else tokens.expires,
        extras={**previous.extras, **tokens.extras},
    )


def _read_tokens(answer: Answer, provider: str, now: int) -> OAuth:
    kind = answer.get("token_type", "bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise AnswerError("the provider's response has a `token_type` other than Bearer, which text2llm cannot send")
    access = require_token(answer.get("access_token"), "access_token")
    renewing = answer.get("refresh_token") or None
    refresh = None if renewing is None else require_token(renewing, "refresh_token")
    return OAuth(access, refresh, _find_expiry(answer, now), _find_account(provider, access))


def require_token(value: object, what: str) -> Secret:
    """A token or code of a response; ``what`` names its field.

    Raises:
        LoginError: it is invalid.
    """
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise AnswerError(f"the provider's response has no usable `{what}`")
    return Secret(value)


def _find_expiry(answer: Answer, now: int) -> int | None:
    if answer.get("expires_in") is None:
        return None
    seconds = _read_lifetime(answer)
    if seconds is None:
        raise AnswerError("the provider's response has an `expires_in` that is not a lifetime in seconds")
    return now + int(seconds * 1000)


def _read_lifetime(answer: Answer) -> float | None:
    seconds = read_seconds(answer.get("expires_in"))
    return None if seconds is None or seconds > _LONGEST_LIFE else seconds


def read_seconds(value: object) -> float | None:
    """A positive duration, as a number or (seen at OpenAI) a string of digits; ``None`` for anything else.

    It is at most 10¹², which fits a float.
    """
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        return None
    return min(value, 10.0**12)


def _find_account(provider: str, access: Secret) -> dict[str, str]:
    if provider not in _ACCOUNT_CLAIMS:
        return {}
    name, path = _ACCOUNT_CLAIMS[provider]
    value = _walk(_read_claims(access.reveal()), path)
    return {name: value} if isinstance(value, str) and _LABEL.fullmatch(value) else {}


def _find_email(answer: Answer) -> str | None:
    token = answer.get("id_token")
    email = _read_claims(token).get("email") if isinstance(token, str) else None
    return email if isinstance(email, str) and _EMAIL.fullmatch(email) else None


def _read_claims(token: str) -> dict[str, Any]:
    """The claims of a JWT. The signature is not verified: use them for labels only."""
    import base64
    import binascii

    payload = [*token.split("."), ""][1]
    try:
        value = parse_json(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _walk(value: object, path: Iterable[str]) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _find_error(fields: Mapping[str, Any]) -> tuple[str | None, object]:
    """The code and the description: RFC 6749 has strings, some providers send the error object of their API."""
    match fields.get("error"):
        case dict() as error:
            return _read_code(error.get("code")) or _read_code(error.get("type")), error.get("message")
        case error:
            return _read_code(error), fields.get("error_description")


def _read_code(value: object) -> str | None:
    return value if isinstance(value, str) and _CODE.fullmatch(value) else None


def _quote(response: Response, description: object) -> str:
    return quote_foreign(response.echoes.redact(description)) if isinstance(description, str) else ""
