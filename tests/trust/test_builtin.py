from __future__ import annotations

from text2llm.providers.oauth import load_logins
from text2llm.providers.registry import load_registry
from text2llm.trust.bindings import CredentialKind, CredentialName
from text2llm.trust.builtin import bind_logins, bind_registry
from text2llm.trust.origin import parse_base_url, parse_origin

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
