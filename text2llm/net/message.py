"""Requests, responses and failures as values. A request is assembled from checked parts, not from a URL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from text2llm.redaction.echoes import Echoes
from text2llm.secret import Secret
from text2llm.trust.bindings import NamedSecret
from text2llm.trust.origin import Origin

_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")
_VALUE = re.compile(r"[!-~](?:[ \t!-~]*[!-~])?")
#: A longer header value is not a credential, and most servers reject it.
_MAX_VALUE = 16 * 1024

#: Headers set only by the client. `Host`, for example, would choose who gets the credential behind a shared front.
OWN_HEADERS = frozenset(
    {"host", "user-agent", "accept-encoding", "connection", "content-length", "transfer-encoding", "expect"}
    | {"keep-alive", "te", "trailer", "upgrade", "via", "forwarded", "proxy-authorization", "proxy-connection"}
)
#: Headers that make gateways forward a request elsewhere, with its credentials.
_ROUTING = re.compile(
    r"x-forwarded-.*|x-original-.*|x-rewrite-.*|x-host|x-http-method.*|helicone-fallbacks|(.*-)?(api-base|proxy|endpoint)"
    r"|(.*-)?(target|custom|base|upstream|override|proxy|endpoint)-(url|uri|host)"
)
#: Values can do so too, under many names: a URL, or a description of a route (Portkey's config).
_ROUTE = re.compile(r"://|\"[a-z_-]*(?:host|ur[il]|base|endpoint|target|proxy|upstream)[a-z_-]*\"\s*:", re.IGNORECASE)
#: Headers whose value is a URL that is only informational.
_INFORMATIONAL = frozenset({"http-referer", "link", "origin", "referer"})


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request without its credentials. ``path`` starts with a slash and may end with a query."""

    method: str
    origin: Origin
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class SecretHeader:
    """A header that carries a credential: ``prefix`` (such as ``Bearer ``) and the value of ``credential``."""

    name: str
    prefix: str
    credential: NamedSecret


class Encoding(Enum):
    FORM = "application/x-www-form-urlencoded"
    JSON = "application/json"


@dataclass(frozen=True, slots=True)
class SecretBody:
    """A body of named fields, some of which are credentials: only the client reveals it."""

    encoding: Encoding
    fields: tuple[tuple[str, str | NamedSecret], ...]

    def credentials(self) -> tuple[NamedSecret, ...]:
        return tuple(value for _, value in self.fields if isinstance(value, NamedSecret))

    def reveal(self) -> bytes:
        plain = [(name, value if isinstance(value, str) else value.secret.reveal()) for name, value in self.fields]
        if self.encoding is Encoding.JSON:
            import json

            return json.dumps(dict(plain)).encode()
        from urllib.parse import urlencode

        return urlencode(plain).encode()


@dataclass(frozen=True, slots=True)
class Response:
    """A server's response. Header names are in lower case; ``body`` is decoded; both are redacted.

    ``elapsed_ms`` is the time from the call to the last byte, in milliseconds. ``answer`` is the unredacted body if the
    request had a :class:`SecretBody`: a login receives secrets, and an unchanged token is among those sent.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed_ms: int
    echoes: Echoes = field(default_factory=Echoes, repr=False)
    answer: Secret | None = field(default=None, repr=False)


class FailureKind(Enum):
    CONNECT = "connect"
    DEADLINE = "deadline"
    TLS = "tls"
    NETWORK = "network"
    HOST_NOT_FOUND = "host_not_found"
    REFUSED = "refused"
    INVALID_RESPONSE = "invalid_response"
    UNTRUSTED_ORIGIN = "untrusted_origin"
    UNSENDABLE_CREDENTIAL = "unsendable_credential"
    UNSENDABLE_REQUEST = "unsendable_request"


#: The kinds after which nothing was sent.
NOT_SENT = frozenset({FailureKind.UNTRUSTED_ORIGIN, FailureKind.UNSENDABLE_CREDENTIAL, FailureKind.UNSENDABLE_REQUEST})


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no response; quotes neither the server nor a credential.

    ``elapsed_ms`` is in milliseconds, ``0`` if nothing was sent.
    """

    kind: FailureKind
    message: str
    hint: str | None = None
    elapsed_ms: int = 0


def check_request(
    request: Request, secret_headers: tuple[SecretHeader, ...], body: SecretBody | None = None
) -> Failure | None:
    """Why a request cannot be sent; ``None`` if it can. ``body`` sets the content type."""
    if not _PATH.fullmatch(request.path):
        return Failure(
            FailureKind.UNSENDABLE_REQUEST, "the path of the request has a character that is not allowed in URLs"
        )
    names = [name.lower() for name, _ in request.headers] + [header.name.lower() for header in secret_headers]
    names += [] if body is None else ["content-type"]
    for name in names:
        if not _NAME.fullmatch(name) or name in OWN_HEADERS or _ROUTING.fullmatch(name) or names.count(name) > 1:
            return Failure(
                FailureKind.UNSENDABLE_REQUEST,
                f"the header {name!r} cannot be set" if _NAME.fullmatch(name) else "a header has an invalid name",
                "remove it from the provider's `headers`",
            )
    return _check_values(request) or _check_credentials(secret_headers, body)


def _check_values(request: Request) -> Failure | None:
    for name, value in request.headers:
        if not _is_value(value):
            return Failure(FailureKind.UNSENDABLE_REQUEST, f"the header {name!r} has an invalid value")
        if name.lower() not in _INFORMATIONAL and _ROUTE.search(value):
            text = f"the header {name!r} contains a URL: a gateway may forward the credential there"
            return Failure(FailureKind.UNSENDABLE_REQUEST, text, "remove it from the provider's `headers`")
    return None


def _check_credentials(secret_headers: tuple[SecretHeader, ...], body: SecretBody | None) -> Failure | None:
    """What is wrong with a credential, in a header or a body; the same characters are allowed in both."""
    carried = [(header.credential, "header") for header in secret_headers]
    carried += [(credential, "login") for credential in (() if body is None else body.credentials())]
    for credential, carrier in carried:
        if not _is_value(credential.secret.reveal()):
            return Failure(
                FailureKind.UNSENDABLE_CREDENTIAL,
                f"{credential.name} is empty or has a character that is not allowed in a {carrier}",
                "store it again: plain ASCII, on one line, without white space around it",
            )
    for name, value in () if body is None else body.fields:
        if isinstance(value, str) and not (value.isascii() and value.isprintable()):
            return Failure(
                FailureKind.UNSENDABLE_REQUEST, f"the field {name!r} has a value that is not allowed in a login"
            )
    return None


def _is_value(value: str) -> bool:
    return len(value) <= _MAX_VALUE and _VALUE.fullmatch(value) is not None
