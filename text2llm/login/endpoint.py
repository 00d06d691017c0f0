"""The URLs of a login: endpoints for requests, and pages for the user. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from text2llm.login.errors import AnswerError
from text2llm.trust.origin import Origin, OriginError, parse_base_url

_MAX_URL = 2000
_PARTS = re.compile(r"([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LoginEndpoint:
    """``path`` may end with a query."""

    origin: Origin
    path: str


def parse_login_endpoint(url: str) -> LoginEndpoint:
    """The endpoint at ``url``; unlike a base URL, it keeps its query and final slash.

    Raises:
        OriginError: user info, a fragment, plain http beyond loopback, or an odd host, port or path.
    """
    base_text, query, fragment = _split(url)
    base = parse_base_url(base_text)
    if fragment:
        raise OriginError("the URL has a fragment", hint="leave out everything from the `#`")
    slash = "/" if base_text.endswith("/") or not base.path else ""
    return LoginEndpoint(base.origin, f"{base.path}{slash}{query}")


def read_page(value: object, what: str) -> str:
    """A provider's page for the user; ``what`` names the field in messages.

    Raises:
        LoginError: it is not an https URL (http on loopback), or has a control character or a space.
    """
    if not isinstance(value, str) or len(value) > _MAX_URL or not (value.isascii() and value.isprintable()):
        raise AnswerError(f"the provider's response has no usable `{what}`")
    try:
        parse_base_url(_split(value)[0])
    except OriginError as error:
        raise AnswerError(f"the provider's response has a `{what}` that must not be opened: {error.message}") from None
    if " " in value:
        raise AnswerError(f"the provider's response has a `{what}` that must not be opened: it has a space")
    return value


def _split(url: str) -> tuple[str, str, str]:
    matched = _PARTS.fullmatch(url)
    assert matched is not None  # the pattern takes any text
    return matched[1], matched[2] or "", matched[3] or ""
