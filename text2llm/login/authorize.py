"""The authorization request that a browser opens, and the redirect that it returns to (RFC 6749, 7636). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from text2llm.login.endpoint import read_page
from text2llm.login.errors import LoginError, quote_foreign
from text2llm.login.terms import Issuer, LoginTerms
from text2llm.secret import Secret

DEFAULT_REDIRECT = "http://127.0.0.1:{port}/callback"
_PORT = "{port}"
_REDIRECT = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\]):(\{port\}|[0-9]{1,5})(/[A-Za-z0-9._~/-]*)?")
_MOST_FIELDS = 20
#: RFC 6749, appendix A.11: visible ASCII; no provider's code is longer.
_CODE = re.compile(r"[!-~]{1,2048}")
_ERROR_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
#: Half for the verifier, half for the state.
RANDOM_BYTES = 64


@dataclass(frozen=True, slots=True)
class Challenge:
    """``challenge`` is sent first, ``verifier`` proves it. ``state`` identifies our redirect.

    The state is independent of the verifier, since it is not secret: it stays in the browser's history.
    """

    verifier: Secret
    challenge: str
    state: str

    def __repr__(self) -> str:
        """Without the state, with which a redirect can be forged while the login waits."""
        return f"Challenge({self.challenge})"


def make_challenge(random: bytes) -> Challenge:
    if len(random) != RANDOM_BYTES:
        raise ValueError("a login takes 64 random bytes")
    half = RANDOM_BYTES // 2
    verifier, state = _encode(random[:half]), _encode(random[half:])
    challenge = _encode(hashlib.sha256(verifier.encode()).digest())
    return Challenge(Secret(verifier), challenge, state)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect URL on this machine. ``port`` is ``None`` if any is accepted."""

    host: str
    port: int | None
    path: str

    def url(self, port: int) -> str:
        return f"http://{self.host}:{self.port or port}{self.path}"


def find_redirect(terms: LoginTerms) -> Redirect:
    """The client's registered redirect, or the first that the provider is known to accept.

    Raises:
        LoginError: it is not on this machine.
    """
    written = terms.redirect or next(iter(terms.facts.redirects), DEFAULT_REDIRECT)
    matched = _REDIRECT.fullmatch(written)
    if matched is None:
        raise LoginError(
            f"the redirect of {terms.provider} does not lead to this machine",
            hint="register http://127.0.0.1:{port}/callback, or one with a fixed port, and name it in your settings",
        )
    port = None if matched[2] == _PORT else int(matched[2])
    if port is not None and not 0 < port < 2**16:
        raise LoginError(f"the redirect of {terms.provider} has no port from 1 to 65535", hint="name another one")
    return Redirect(matched[1], port, matched[3] or "/")


def place_state(redirect: str, terms: LoginTerms, challenge: Challenge) -> str:
    """The redirect as it is sent: with the state in its path, if the provider does not return a state itself."""
    return f"{redirect.rstrip('/')}/{challenge.state}" if terms.facts.state_in_path else redirect


def authorization_url(terms: LoginTerms, redirect: str, challenge: Challenge) -> str:
    """The page to open in a browser; ``redirect`` is the result of :func:`place_state`.

    Raises:
        LoginError: the provider has no such page, or it must not be opened.
    """
    facts = terms.facts
    if facts.authorize_url is None:
        raise LoginError(f"{terms.provider} has no page to log in at", hint="choose another --method")
    page = read_page(facts.authorize_url, "authorization page")
    optional = {
        "response_type": None if facts.open_client else "code",
        "client_id": terms.client_id,
        facts.redirect_parameter: redirect,
        "scope": " ".join(facts.scopes) or None,
        "state": None if facts.state_in_path else challenge.state,
        "code_challenge": challenge.challenge,
        "code_challenge_method": "S256",
    }
    ours = {name: value for name, value in optional.items() if value is not None}
    # Ours last: a descriptor must not change what protects the login.
    fields = {**facts.authorize_parameters, **ours}
    return f"{page}{'&' if '?' in page else '?'}{urlencode(fields, quote_via=quote)}"


def read_query(query: str, state: str | None, issuer: Issuer | None = None) -> Secret | None:
    """The code in the query of a redirect; ``None`` if it is not a response to our request.

    ``state`` must be in it; ``None`` if it was checked elsewhere. ``issuer`` is ``None`` where it is unknown.

    Raises:
        LoginError: the provider denied the login, or another one responded.
    """
    fields = _parse_fields(query)
    if fields is None or (state is not None and not _is_same(fields.get("state", ""), state)):
        return None
    if issuer is not None:
        _check_issuer(fields.get("iss"), issuer)
    if "error" in fields:
        raise _explain_denial(fields)
    code = fields.get("code", "")
    return Secret(code) if _CODE.fullmatch(code) else None


def _check_issuer(named: str | None, issuer: Issuer) -> None:
    """Refuse a redirect of another issuer (RFC 9207, 2.4): its code would be sent to this one, or this one's to it."""
    if named == issuer.url or (named is None and not issuer.always):
        return
    said = "names another issuer" if named is not None else "does not name its issuer"
    raise LoginError(
        f"the response to the login {said}: it must be {issuer.url}",
        hint="run the command again, and log in at the page that it opens; if it persists, ask who runs the provider",
    )


def read_pasted(text: str, redirect: str, terms: LoginTerms, challenge: Challenge) -> Secret:
    """The code in a pasted text: the whole redirect, its query, ``code#state``, or the code alone.

    Raises:
        LoginError: it is none of these, belongs to another login, or the provider denied the login.
    """
    pasted = "".join(text.split())
    address, mark, query = pasted.partition("?")
    if mark:
        return _read_address(address, query.partition("#")[0], redirect, terms, challenge)
    code, mark, state = pasted.partition("#")
    if mark and not _is_same(state, challenge.state):
        raise _other_login()
    if not _CODE.fullmatch(code) or "://" in code:
        raise LoginError(
            "this is neither a code nor a URL that contains one", hint="copy the whole address of the last page"
        )
    return Secret(code)


def _read_address(address: str, query: str, redirect: str, terms: LoginTerms, challenge: Challenge) -> Secret:
    in_path = terms.facts.state_in_path
    if in_path and not _is_same(address.rpartition("/")[2], challenge.state):
        raise _other_login()
    if address and "://" in address and not in_path and address.rstrip("/") != redirect.rstrip("/"):
        raise _other_login()
    code = read_query(query, None if in_path else challenge.state, terms.issuer)
    if code is None:
        raise _other_login()
    return code


def _other_login() -> LoginError:
    return LoginError(
        "this address belongs to another login, or is not complete",
        hint="run the command again, open the page that it shows, and copy the whole address of the last page",
    )


def _parse_fields(query: str) -> Mapping[str, str] | None:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        return None
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else None  # of two codes, one is not the provider's


def _is_same(given: str, state: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), state.encode())


def _explain_denial(fields: Mapping[str, str]) -> LoginError:
    code, words = fields["error"], quote_foreign(fields.get("error_description", ""))
    if code == "access_denied":
        return LoginError("login denied by you or the provider", hint="run the command again", words=words)
    known = code if _ERROR_CODE.fullmatch(code) else "an error without a name"
    hint = "check the client that you registered there"
    return LoginError(f"the provider refused the login: {known}", hint=hint, words=words)
