"""Requests to the token endpoint. They are never retried, since codes and tokens can be used only once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from text2llm.login.clock import CLOCK, Clock
from text2llm.login.endpoint import parse_login_endpoint
from text2llm.login.errors import LoginError
from text2llm.login.terms import Answer, LoginTerms, Obtained
from text2llm.login.tokens import Denied, read_obtained, read_response
from text2llm.net.message import Encoding, Failure, Request, SecretBody
from text2llm.secret import Secret
from text2llm.trust.bindings import NamedSecret

if TYPE_CHECKING:
    from text2llm.net.client import Client

#: For one response, in seconds.
DEADLINE = 30.0

_ENCODINGS = {"form": Encoding.FORM, "json": Encoding.JSON}
#: RFC 6749, 4.1.3 and RFC 7636, 4.5.
_USUAL_PARAMETERS = ("grant_type", "code", "redirect_uri", "client_id", "code_verifier")

Fields: TypeAlias = dict[str, str | NamedSecret | None]


async def exchange_code(  # noqa: PLR0913, PLR0917 - the parts of one request
    terms: LoginTerms,
    code: Secret,
    verifier: Secret,
    redirect: str,
    state: str,
    client: Client,
    *,
    clock: Clock = CLOCK,
) -> Obtained:
    """Exchange an authorization code. ``redirect`` and ``state`` are those of the request.

    Raises:
        LoginError: the provider refused, did not respond in time, or its response cannot be used.
    """
    known: Fields = {
        "grant_type": "authorization_code",
        "code": terms.name(code),
        "redirect_uri": redirect,
        "client_id": terms.client_id,
        "code_verifier": terms.name(verifier),
        "code_challenge_method": "S256",
        "state": state,
    }
    fields = pick_fields(terms.facts.token_parameters or _USUAL_PARAMETERS, known, terms)
    answer = await post_fields(token_url(terms), fields, terms.facts.encoding, client)
    return read_obtained(require_answer(answer), terms.facts, clock.now())


def pick_fields(names: Iterable[str], known: Fields, terms: LoginTerms) -> Fields:
    """The fields that a descriptor requires, in its order, and the client's secret if there is one.

    Raises:
        LoginError: the descriptor requires one that text2llm does not know.
    """
    secret = None if terms.client_secret is None else terms.name(terms.client_secret)
    known = {**known, "client_secret": secret}
    wanted = (*names, "client_secret")
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise LoginError(f"the descriptor of {terms.provider} requires the unknown parameter {unknown[0]!r}")
    return {name: known[name] for name in wanted}


def token_url(terms: LoginTerms) -> str:
    """The URL of the token endpoint.

    Raises:
        LoginError: it is unknown.
    """
    if terms.facts.token_url is None:
        raise LoginError(f"the login of {terms.provider} names no token endpoint")
    return terms.facts.token_url


async def post_fields(
    url: str, fields: Fields, encoding: str, client: Client, deadline: float = DEADLINE
) -> Answer | Denied | Failure:
    """Send the fields that have a value.

    Raises:
        LoginError: the response cannot be used.
        OriginError: ``url`` is invalid.
    """
    endpoint = parse_login_endpoint(url)
    given = tuple((name, value) for name, value in fields.items() if value is not None)
    request = Request("POST", endpoint.origin, endpoint.path)
    result = await client.send(request, body=SecretBody(_ENCODINGS[encoding], given), deadline=deadline)
    return result if isinstance(result, Failure) else read_response(result)


def require_answer(answer: Answer | Denied | Failure) -> Answer:
    """The fields of an answer.

    Raises:
        LoginError: the request failed or was denied.
    """
    match answer:
        case Failure():
            raise LoginError(answer.message, hint=answer.hint)
        case Denied():
            hint = _HINTS.get(answer.code or "", _USUAL_HINT)
            raise LoginError(f"the provider refused: {answer.message}", hint=hint, words=answer.words)
        case _:
            return answer


_USUAL_HINT = "log in again; if it persists, check how the client is registered there"
#: By error code (RFC 6749, 5.2).
_HINTS = {
    "invalid_client": "check the client id, and whether the client needs a secret, where you configured it",
    "invalid_grant": "codes are valid for a short time and only once: run the login again",
    "unauthorized_client": "the provider does not let this client log in this way: check how it is registered",
    "invalid_scope": "the client may not request these scopes: check how it is registered",
}
