from __future__ import annotations

from dataclasses import replace

import pytest

from tests.login.answering import Reply, answering, asked
from tests.login.terms_of import make_terms, trust_facts, with_client
from tests.net.hostile import Listener
from text2llm.auth.credentials import ApiKey, OAuth
from text2llm.login.errors import LoginError
from text2llm.login.exchange import exchange_code
from text2llm.login.terms import LoginTerms, Obtained
from text2llm.providers.oauth import OAuthFacts, load_logins
from text2llm.secret import Secret
from text2llm.trust.bindings import Bindings, Trust

TOKENS = {"access_token": "at-1", "refresh_token": "rt-1", "expires_in": 3600}
CODE, VERIFIER = Secret("the-code-0123456789"), Secret("the-verifier-0123456789")
REDIRECT = "http://127.0.0.1:7777/callback"
FACTS = OAuthFacts("corp", ("pkce-loopback",))


def facts_at(server: Listener, facts: OAuthFacts = FACTS) -> OAuthFacts:
    return facts._replace(token_url=f"{server.origin}/token", issuer=None, discovery_url=None)


def exchange(terms: LoginTerms, trust: Trust | None = None) -> Obtained:
    chosen = trust_facts(terms.facts) if trust is None else trust
    return with_client(chosen, lambda client: exchange_code(terms, CODE, VERIFIER, REDIRECT, "the-state", client))


def test_usual_request_is_the_one_of_the_standards() -> None:
    with answering((200, TOKENS)) as server:
        obtained = exchange(make_terms(facts_at(server)))
    assert isinstance(obtained.credential, OAuth)
    assert obtained.credential.access == Secret("at-1")
    assert asked(server) == {
        "grant_type": "authorization_code",
        "code": "the-code-0123456789",
        "redirect_uri": REDIRECT,
        "client_id": "text2llm-tests",
        "code_verifier": "the-verifier-0123456789",
    }


def test_secret_of_a_client_goes_along() -> None:
    with answering((200, TOKENS)) as server:
        exchange(replace(make_terms(facts_at(server)), client_secret=Secret("the-client-secret")))
    assert asked(server)["client_secret"] == "the-client-secret"


def test_descriptor_decides_fields_and_encoding_of_anthropic() -> None:
    with answering((200, TOKENS)) as server:
        exchange(make_terms(facts_at(server, load_logins()["anthropic"])))
    assert b"content-type: application/json" in server.received[0].lower()
    assert asked(server) == {
        "grant_type": "authorization_code",
        "client_id": "text2llm-tests",
        "code": "the-code-0123456789",
        "state": "the-state",
        "redirect_uri": REDIRECT,
        "code_verifier": "the-verifier-0123456789",
    }


def test_open_client_gets_its_key_without_an_id() -> None:
    with answering((200, {"key": "sk-or-v1-1"})) as server:
        obtained = exchange(LoginTerms(facts_at(server, load_logins()["openrouter"])))
    assert obtained.credential == ApiKey(Secret("sk-or-v1-1"))
    assert asked(server) == {
        "code": "the-code-0123456789",
        "code_verifier": "the-verifier-0123456789",
        "code_challenge_method": "S256",
    }


def test_unknown_parameter_of_a_descriptor_is_reported() -> None:
    facts = FACTS._replace(token_url="http://127.0.0.1:9/token", token_parameters=("code", "magic"))
    with pytest.raises(LoginError, match="corp requires the unknown parameter 'magic'"):
        exchange(make_terms(facts))


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((400, {"error": "invalid_grant"}), "the provider refused: invalid_grant"),
        ((500, {}), "the provider refused: HTTP 500"),
        ((200, []), "the body is not a JSON object"),
        ((200, {"token_type": "bearer"}), "no usable `access_token`"),
        (b"", "connection"),
    ],
)
def test_failure_is_reported_and_nothing_is_sent_twice(reply: Reply, message: str) -> None:
    with answering(reply) as server, pytest.raises(LoginError, match=message) as caught:
        exchange(make_terms(facts_at(server)))
    assert server.connections == 1
    assert "0123456789" not in f"{caught.value.message} {caught.value.hint}"


def test_redirect_is_not_followed() -> None:
    with answering((200, TOKENS)) as other:
        moved = f"HTTP/1.1 307 X\r\nlocation: {other.origin}/token\r\ncontent-length: 0\r\n\r\n".encode()
        with answering(moved) as server, pytest.raises(LoginError, match="HTTP 307"):
            exchange(make_terms(facts_at(server)))
        assert other.connections == 0


def test_code_goes_where_the_login_is_bound_to_only() -> None:
    with answering((200, TOKENS)) as server, pytest.raises(LoginError, match="nothing was sent"):
        exchange(make_terms(facts_at(server)), Trust(Bindings()))
    assert server.connections == 0
