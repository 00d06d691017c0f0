from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.login.terms_of import make_gateway
from text2llm.login.registration import NotRegistered, resolve_terms
from text2llm.login.terms import LoginTerms
from text2llm.providers.oauth import OAuthFacts
from text2llm.secret import RefSource, Secret, SecretRef
from text2llm.settings.model import OAuthClient, Settings

REF = SecretRef(RefSource.KEYRING, "google-client")
SETTINGS = Settings("/home/ada/settings.yaml")


def resolve(
    provider: str,
    environ: Mapping[str, str] | None = None,
    logins: Mapping[str, OAuthFacts] | None = None,
    **settings: Any,
) -> LoginTerms | NotRegistered:
    def read(ref: SecretRef) -> Secret:
        assert ref == REF
        return Secret("from the keyring")

    return resolve_terms(provider, SETTINGS._replace(**settings), environ or {}, read, logins)


def terms(provider: str, environ: Mapping[str, str] | None = None, **settings: Any) -> LoginTerms:
    found = resolve(provider, environ, **settings)
    assert isinstance(found, LoginTerms), found
    return found


def gap(provider: str, environ: Mapping[str, str] | None = None, **settings: Any) -> NotRegistered:
    found = resolve(provider, environ, **settings)
    assert isinstance(found, NotRegistered), found
    return found


def test_open_login_needs_no_client() -> None:
    found = terms("openrouter")
    assert (found.provider, found.client_id, found.client_secret) == ("openrouter", None, None)


def test_client_of_the_settings_is_used() -> None:
    client = OAuthClient("mine", REF, "http://127.0.0.1:{port}/back")
    found = terms("chutes", {"CHUTES_CLIENT_ID": "other"}, clients={"chutes": client})
    assert found.client_id == "mine"
    assert found.client_secret == Secret("from the keyring")
    assert found.redirect == "http://127.0.0.1:{port}/back"


def test_client_of_the_environment_is_used() -> None:
    found = terms("chutes", {"CHUTES_CLIENT_ID": " mine ", "CHUTES_CLIENT_SECRET": "s"})
    assert (found.client_id, found.client_secret) == ("mine", Secret("s"))
    assert terms("chutes", {"CHUTES_CLIENT_ID": "mine", "CHUTES_CLIENT_SECRET": " "}).client_secret is None


def test_gateway_of_the_user_comes_before_what_is_built_in() -> None:
    gateway = make_gateway("https://login.corp.example", id="openrouter", origins=("https://t.corp.example",))
    found = terms("openrouter", gateways={"openrouter": gateway})
    assert found.facts.issuer == "https://login.corp.example"
    assert (found.client_id, found.origins) == ("text2llm-tests", ("https://t.corp.example",))


@pytest.mark.parametrize(
    ("provider", "hint"),
    [
        (
            "chutes",
            (
                "register your own client at https://api.chutes.ai with the redirect URL"
                " http://127.0.0.1:1456/oauth-callback; then write `oauth: {chutes: {clientId: ID}}`"
                " in /home/ada/settings.yaml, or set CHUTES_CLIENT_ID"
            ),
        ),
        (
            "github-copilot",
            (
                "register your own client at https://github.com; then write"
                " `oauth: {github-copilot: {clientId: ID}}` in /home/ada/settings.yaml"
            ),
        ),
        (
            "xai",
            (
                "register your own client at https://auth.x.ai; then write `oauth: {xai: {clientId: ID}}`"
                " in /home/ada/settings.yaml"
            ),
        ),
    ],
)
def test_login_without_a_client_says_what_to_register_and_where_it_goes(provider: str, hint: str) -> None:
    found = gap(provider)
    assert found.message == f"{provider} serves registered clients only, and text2llm does not use another product's"
    assert found.hint == hint


def test_client_without_the_secret_that_it_needs_is_reported() -> None:
    found = gap("google-gemini-cli", clients={"google-gemini-cli": OAuthClient("mine")})
    assert found.message == "google-gemini-cli requires a client secret"
    written = "`oauth: {google-gemini-cli: {clientSecret: {source: keyring, id: NAME}}}`"
    assert found.hint == f"write {written} in /home/ada/settings.yaml"


def test_provider_without_a_login_is_reported() -> None:
    found = gap("groq", {"TEXT2LLM_HOME": "/home/ada"}, path="")
    assert found.message == "text2llm does not know a login for groq"
    assert found.hint.endswith("`oidc: {groq: …}` in /home/ada/config/settings.yaml")


def test_logins_of_plugins_are_passed_in() -> None:
    facts = OAuthFacts("lab", ("device-code",), open_client=True)
    assert resolve("lab", logins={"lab": facts}) == LoginTerms(facts)
