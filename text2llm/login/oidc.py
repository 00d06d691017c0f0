"""The discovery document of OpenID providers (OpenID Connect Discovery 1.0), treated as untrusted.

It determines where codes and refresh tokens are sent. So its endpoints must be on the issuer's origin, or on one that
the user's settings name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from text2llm.login.endpoint import LoginEndpoint, parse_login_endpoint
from text2llm.login.errors import AnswerError, LoginError
from text2llm.login.methods import BROWSER, DEVICE, PASTE
from text2llm.login.terms import Answer, LoginTerms
from text2llm.login.tokens import Denied, read_response
from text2llm.net.message import Failure, Request
from text2llm.providers.oauth import OAuthFacts, Refresh
from text2llm.settings.model import OidcGateway
from text2llm.trust.origin import Origin, OriginError, parse_origin

if TYPE_CHECKING:
    from text2llm.net.client import Client

#: In seconds.
DEADLINE = 15.0

_DOCUMENT = "/.well-known/openid-configuration"
_AUTHORIZE, _TOKEN, _DEVICE = "authorization_endpoint", "token_endpoint", "device_authorization_endpoint"
_NAMES_ISSUER = "authorization_response_iss_parameter_supported"  # RFC 9207, 3
#: The first endpoint of each flow.
_BEGINNINGS = {BROWSER: _AUTHORIZE, PASTE: _AUTHORIZE, DEVICE: _DEVICE}
_POST = "client_secret_post"
#: RFC 6749, 6; the descriptor's usual values for the rest.
_REFRESH = Refresh("form", ("grant_type", "client_id", "refresh_token"), ("invalid_grant",), 300)


def gateway_facts(gateway: OidcGateway) -> OAuthFacts:
    """The login of a gateway from the settings alone, without endpoints."""
    # OpenID Connect Core 1.0, 11: a refresh token requires a request for consent.
    consent = {"prompt": "consent"} if "offline_access" in gateway.scopes else {}
    return OAuthFacts(
        provider=gateway.id,
        flows=gateway.flows,
        issuer=gateway.issuer,
        discovery_url=gateway.issuer.removesuffix("/") + _DOCUMENT,
        scopes=gateway.scopes,
        authorize_parameters=consent,
        refresh=_REFRESH,
    )


async def complete_terms(terms: LoginTerms, client: Client) -> LoginTerms:
    """The terms with every endpoint; a discovery document is fetched if needed.

    Raises:
        LoginError: the document cannot be fetched, is another issuer's, or names endpoints that are not allowed; or it
            does not support client_secret_post.
    """
    if terms.facts.token_url is not None or terms.facts.discovery_url is None:
        return terms
    document = await _fetch_document(terms.facts.discovery_url, client)
    if terms.client_secret is not None:
        _check_secret_methods(document, terms.facts)
    return replace(terms, facts=read_discovery(document, terms.facts, terms.origins))


async def _fetch_document(url: str, client: Client) -> Answer:
    endpoint = _parse(url, "the issuer")
    result = await client.send(Request("GET", endpoint.origin, endpoint.path), deadline=DEADLINE)
    if isinstance(result, Failure):
        raise LoginError(f"{url}: {result.message}", hint=result.hint)
    document = read_response(result)
    if isinstance(document, Denied):
        raise LoginError(
            f"{url} has no discovery document: {document.message}",
            hint="check the issuer in your settings",
            words=document.words,
        )
    return document


def read_discovery(document: Answer, facts: OAuthFacts, origins: tuple[str, ...]) -> OAuthFacts:
    """The facts with the endpoints of a discovery document, without the flows that it has no endpoint for.

    ``origins`` are allowed besides the issuer's.

    Raises:
        LoginError: it is another issuer's, names endpoints that are not allowed, or has none for any of the flows.
    """
    if document.get("issuer") != facts.issuer:
        raise LoginError(
            f"the discovery document of {facts.issuer} says that it is another issuer's",
            hint="write the issuer exactly as its document has it, with or without the slash at its end",
        )
    allowed = frozenset((_parse(facts.issuer or "", "the issuer").origin, *map(parse_origin, origins)))
    named = {name: _read_endpoint(document, name, allowed, facts) for name in (_AUTHORIZE, _TOKEN, _DEVICE)}
    flows = tuple(flow for flow in facts.flows if named[_BEGINNINGS[flow]] is not None)
    if named[_TOKEN] is None or not flows:
        raise LoginError(
            f"the discovery document of {facts.issuer} has no endpoints for {', '.join(facts.flows)}",
            hint="check the flows in your settings, and that the provider offers them",
        )
    _check_challenge(document, flows, facts)
    return facts._replace(
        flows=flows,
        authorize_url=named[_AUTHORIZE],
        token_url=named[_TOKEN],
        device_url=named[_DEVICE],
        names_issuer=document.get(_NAMES_ISSUER) is True,
    )


def _read_endpoint(document: Answer, name: str, allowed: frozenset[Origin], facts: OAuthFacts) -> str | None:
    value = document.get(name)
    if value is None:
        return None
    what = f"the discovery document of {facts.issuer}: its `{name}`"
    if not isinstance(value, str):
        raise AnswerError(f"{what} is not a string")
    origin = _parse(value, what).origin
    if origin not in allowed:
        raise LoginError(
            f"{what} is on {origin}, which is not allowed: nothing was sent",
            hint=f"if you trust it, add {origin} to the `origins` of `oidc.{facts.provider}` in your settings",
        )
    return value


def _check_challenge(document: Answer, flows: tuple[str, ...], facts: OAuthFacts) -> None:
    methods = document.get("code_challenge_methods_supported")
    if methods is not None and flows != (DEVICE,) and (not isinstance(methods, list) or "S256" not in methods):
        raise LoginError(
            f"{facts.issuer} does not accept the code challenge S256 (RFC 7636), without which a code can be stolen",
            hint="enable it there, or log in with `flows: [device-code]`",
        )


def _check_secret_methods(document: Answer, facts: OAuthFacts) -> None:
    methods = document.get("token_endpoint_auth_methods_supported")
    if isinstance(methods, list) and _POST not in methods:
        raise LoginError(
            f"{facts.issuer} does not accept a client secret in the body, where text2llm sends it",
            hint=f"register the client there for {_POST}, or as a public one without a secret",
        )


def _parse(url: str, what: str) -> LoginEndpoint:
    try:
        return parse_login_endpoint(url)
    except OriginError as error:
        raise LoginError(f"{what}: {error.message}", hint=error.hint) from None
