"""The client of a login: the user's registered one, or none if the provider accepts any. Pure.

text2llm never uses a client id that was issued to another product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from text2llm.login.oidc import gateway_facts
from text2llm.login.terms import LoginTerms
from text2llm.providers.oauth import OAuthFacts, load_logins
from text2llm.secret import Secret, SecretRef
from text2llm.settings.load import settings_path
from text2llm.settings.model import OAuthClient, Settings
from text2llm.trust.origin import parse_base_url


@dataclass(frozen=True, slots=True)
class NotRegistered:
    """No client is registered; ``hint`` says what to register, and where to set it."""

    message: str
    hint: str


def resolve_terms(
    provider_id: str,
    settings: Settings,
    environ: Mapping[str, str],
    read: Callable[[SecretRef], Secret],
    logins: Mapping[str, OAuthFacts] | None = None,
) -> LoginTerms | NotRegistered:
    """The terms of a provider's login; the user's gateway takes precedence.

    ``read`` reads a client secret that the settings refer to. ``logins`` are those known (default: the built-in
    ones). Discovered endpoints are not fetched yet.
    """
    path = settings.path or settings_path(environ)
    gateway = settings.gateways.get(provider_id)
    if gateway is not None:
        terms = _with_client(gateway_facts(gateway), gateway.client, read)
        return replace(terms, origins=gateway.origins)
    facts = (load_logins() if logins is None else logins).get(provider_id)
    if facts is None:
        return NotRegistered(
            f"text2llm does not know a login for {provider_id}",
            f"store an API key, or name your company's OpenID provider under `oidc: {{{provider_id}: …}}` in {path}",
        )
    client = settings.clients.get(provider_id)
    terms = _from_environment(facts, environ) if client is None else _with_client(facts, client, read)
    return _find_gap(terms, path) or terms


def _with_client(facts: OAuthFacts, client: OAuthClient, read: Callable[[SecretRef], Secret]) -> LoginTerms:
    secret = None if client.client_secret is None else read(client.client_secret)
    return LoginTerms(facts, client.client_id, secret, client.redirect)


def _from_environment(facts: OAuthFacts, environ: Mapping[str, str]) -> LoginTerms:
    client_id = environ.get(facts.client_id_env or "", "").strip()
    secret = environ.get(facts.client_secret_env or "", "").strip()
    return LoginTerms(facts, client_id or None, Secret(secret) if secret else None)


def _find_gap(terms: LoginTerms, path: str) -> NotRegistered | None:
    facts = terms.facts
    if facts.open_client:
        return None
    if terms.client_id is None:
        return NotRegistered(
            f"{facts.provider} serves registered clients only, and text2llm does not use another product's",
            _explain_registration(facts, path),
        )
    if facts.needs_secret and not terms.client_secret:
        return NotRegistered(
            f"{facts.provider} requires a client secret",
            _place("clientSecret", "{source: keyring, id: NAME}", facts.client_secret_env, facts, path),
        )
    return None


def _explain_registration(facts: OAuthFacts, path: str) -> str:
    where = next(url for url in (facts.authorize_url, facts.device_url, facts.issuer, facts.token_url) if url)
    redirect = f" with the redirect URL {' or '.join(facts.redirects)}" if facts.redirects else ""
    register = f"register your own client at {parse_base_url(where).origin}{redirect}"
    return f"{register}; then {_place('clientId', 'ID', facts.client_id_env, facts, path)}"


def _place(key: str, value: str, variable: str | None, facts: OAuthFacts, path: str) -> str:
    written = f"write `oauth: {{{facts.provider}: {{{key}: {value}}}}}` in {path}"
    return written if variable is None else f"{written}, or set {variable}"
