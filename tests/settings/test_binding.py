from __future__ import annotations

import pytest

from text2llm.providers.oauth import OAuthFacts, load_logins
from text2llm.providers.registry import load_registry
from text2llm.secret import Secret
from text2llm.settings.binding import bind_logins, bind_registry, gather_trust
from text2llm.settings.model import OAuthClient, OidcGateway, Settings
from text2llm.trust.bindings import (
    Allowed,
    CredentialKind,
    CredentialName,
    NamedSecret,
    Trust,
    TrustedOriginsError,
    decide,
    parse_credential_name,
    parse_trusted_origins,
)
from text2llm.trust.origin import parse_base_url, parse_origin


def may_go(trust: Trust, name: str | CredentialName, origin: str) -> bool:
    parsed = parse_credential_name(name) if isinstance(name, str) else name
    assert parsed is not None
    secret = NamedSecret(parsed, Secret("a-real-value"))
    return isinstance(decide(secret, parse_origin(origin), trust.bindings, trust.grants), Allowed)


def test_grants_of_settings_and_of_the_environment_both_count() -> None:
    settings = Settings(grants=parse_trusted_origins("env:A=https://a.example"))
    trust = gather_trust(load_registry(), settings, {"TEXT2LLM_TRUSTED_ORIGINS": "provider:Z.AI=https://b.example"})
    assert may_go(trust, "env:A", "https://a.example")
    assert not may_go(trust, "env:A", "https://b.example")
    assert may_go(trust, "env:ZAI_API_KEY", "https://b.example")
    assert may_go(trust, CredentialName(CredentialKind.PROFILE, "zai:work", "zai"), "https://b.example")
    assert may_go(trust, "env:ANTHROPIC_API_KEY", "https://api.anthropic.com")


def test_unreadable_variable_is_an_error_whatever_the_settings_say() -> None:
    with pytest.raises(TrustedOriginsError):
        gather_trust(load_registry(), Settings(), {"TEXT2LLM_TRUSTED_ORIGINS": "everything"})


def test_what_a_login_sends_goes_to_its_gateway_and_to_what_the_user_named() -> None:
    gateway = OidcGateway(
        "lab", "https://login.corp.example/r", OAuthClient("c"), origins=("https://tok.corp.example",)
    )
    facts = OAuthFacts("google", (), token_url="https://oauth2.example/token")
    trust = gather_trust(load_registry(), Settings(gateways={"lab": gateway}), {}, [facts])
    lab, google = (CredentialName(CredentialKind.LOGIN, name) for name in ("lab", "google"))
    assert may_go(trust, lab, "https://login.corp.example")
    assert may_go(trust, lab, "https://tok.corp.example")
    assert may_go(trust, google, "https://oauth2.example")
    assert not may_go(trust, lab, "https://oauth2.example")
    assert not may_go(trust, google, "https://login.corp.example")
    assert not may_go(trust, "env:LAB_API_KEY", "https://login.corp.example")


BINDINGS = bind_registry(load_registry())


def bound(variable: str) -> frozenset[str]:
    return frozenset(map(str, BINDINGS.origins_of(CredentialName(CredentialKind.ENV, variable))))


def test_variables_are_bound_to_their_providers_origins() -> None:
    assert bound("ANTHROPIC_API_KEY") == {"https://api.anthropic.com"}
    assert bound("OPENAI_API_KEY") == {"https://api.openai.com"}
    assert bound("OPENROUTER_API_KEY") == {"https://openrouter.ai"}


def test_variables_of_no_provider_and_of_administrators_are_bound_to_nothing() -> None:
    assert bound("LAB_API_KEY") == frozenset()
    assert bound("OPENAI_ADMIN_KEY") == frozenset()


def test_no_credential_is_bound_to_this_machine() -> None:
    assert not [origin for origins in BINDINGS.origins.values() for origin in origins if origin.loopback]


def test_every_bound_origin_is_https() -> None:
    schemes = {origin.scheme for origins in BINDINGS.origins.values() for origin in origins}
    assert schemes == {"https"}
    assert parse_origin("https://api.anthropic.com") in BINDINGS.origins["anthropic"]


def test_every_login_is_bound_to_its_own_endpoints_and_to_no_models() -> None:
    logins = load_logins()
    bound_logins = bind_logins(BINDINGS, logins.values())
    assert bound_logins.origins == BINDINGS.origins
    assert set(bound_logins.logins) == set(logins)
    for provider, facts in logins.items():
        name = CredentialName(CredentialKind.LOGIN, provider)
        assert bound_logins.origins_of(name) == {parse_base_url(url).origin for url in facts.urls()}
        assert bound_logins.origins_of(name), provider
        assert not any(origin.loopback for origin in bound_logins.origins_of(name))
