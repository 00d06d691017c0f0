"""Logins and refreshes at a certified OpenID provider."""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.login.browsing import ANSWERS, Browser
from tests.login.oidc_server import Provider, run_provider
from tests.login.terms_of import FakeDialogue, make_gateway, make_terms, trust_gateway, with_client
from text2llm.auth.credentials import OAuth
from text2llm.login.clock import Clock
from text2llm.login.device import log_in_by_device
from text2llm.login.errors import LoginError
from text2llm.login.exchange import exchange_code, pick_fields, post_fields, token_url
from text2llm.login.oidc import complete_terms, gateway_facts
from text2llm.login.terms import LoginTerms, Obtained
from text2llm.login.tokens import Denied
from text2llm.net.client import Client
from text2llm.secret import Secret

REDIRECT = "http://127.0.0.1:1/callback"
VERIFIER = Secret("a-verifier-of-sufficient-length-0123456789abcdef")


async def _no_sleep(_: float) -> None:
    return None


QUICK = Clock(sleep=_no_sleep)


def authorize(terms: LoginTerms) -> Secret:
    """The code that a person's browser brings back."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.reveal().encode()).digest()).decode().rstrip("=")
    query = {
        "client_id": terms.client_id,
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "scope": " ".join(terms.facts.scopes),
        "state": "the-state",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **terms.facts.authorize_parameters,
    }
    end = Browser(until=REDIRECT).visit(f"{terms.facts.authorize_url}?{urlencode(query)}")
    answer = parse_qs(urlsplit(end).query)
    assert answer["state"] == ["the-state"], answer
    return Secret(answer["code"][0])


async def log_in(terms: LoginTerms, client: Client) -> Obtained:
    terms = await complete_terms(terms, client)
    return await exchange_code(terms, authorize(terms), VERIFIER, REDIRECT, "the-state", client)


async def renew(terms: LoginTerms, token: Secret, client: Client) -> object:
    terms = await complete_terms(terms, client)
    known = {"grant_type": "refresh_token", "client_id": terms.client_id, "refresh_token": terms.name(token)}
    return await post_fields(token_url(terms), pick_fields(tuple(known), known, terms), "form", client)


def gateway_terms(provider: Provider) -> LoginTerms:
    return make_terms(gateway_facts(make_gateway(provider.issuer)))


def oauth_of(obtained: Obtained) -> OAuth:
    assert isinstance(obtained.credential, OAuth)
    return obtained.credential


def test_discovery_names_the_endpoints(oidc: Provider) -> None:
    gateway = make_gateway(oidc.issuer)
    terms = LoginTerms(gateway_facts(gateway))
    facts = with_client(trust_gateway(gateway), lambda client: complete_terms(terms, client)).facts
    assert facts.flows == ("pkce-loopback", "device-code")
    assert facts.authorize_url == f"{oidc.issuer}/auth"
    assert facts.token_url == f"{oidc.issuer}/token"
    assert facts.device_url == f"{oidc.issuer}/device/auth"


def test_code_is_exchanged_for_tokens() -> None:
    with run_provider(token_life=2) as oidc:
        before = time.time_ns() // 1_000_000
        terms = gateway_terms(oidc)
        obtained = with_client(trust_gateway(make_gateway(oidc.issuer)), lambda client: log_in(terms, client))
    found = oauth_of(obtained)
    assert found.access
    assert found.refresh
    assert found.expires is not None
    assert before + 1000 < found.expires < before + 60_000
    assert obtained.email == "ada@corp.example"


def test_company_client_sends_its_secret(oidc: Provider) -> None:
    secret = Secret("a-secret-of-the-company-0123456789")
    terms = replace(gateway_terms(oidc), client_id="text2llm-company", client_secret=secret)
    obtained = with_client(trust_gateway(make_gateway(oidc.issuer)), lambda client: log_in(terms, client))
    assert oauth_of(obtained).refresh


def test_wrong_client_secret_is_reported_with_a_hint(oidc: Provider) -> None:
    terms = replace(gateway_terms(oidc), client_id="text2llm-company", client_secret=Secret("wrong-wrong-wrong-1234"))
    with pytest.raises(LoginError, match="the provider refused: invalid_client") as caught:
        with_client(trust_gateway(make_gateway(oidc.issuer)), lambda client: log_in(terms, client))
    assert caught.value.hint is not None
    assert "wrong-wrong" not in str(caught.value)


def test_code_works_once(oidc: Provider) -> None:
    async def work(client: Client) -> None:
        terms = await complete_terms(gateway_terms(oidc), client)
        code = authorize(terms)
        await exchange_code(terms, code, VERIFIER, REDIRECT, "s", client)
        with pytest.raises(LoginError, match="invalid_grant"):
            await exchange_code(terms, code, VERIFIER, REDIRECT, "s", client)

    with_client(trust_gateway(make_gateway(oidc.issuer)), work)


def test_device_code_is_approved_in_a_browser_elsewhere(oidc: Provider) -> None:
    terms = gateway_terms(oidc)
    dialogue = FakeDialogue(visit=lambda url: Browser().visit(url))

    async def work(client: Client) -> Obtained:
        return await log_in_by_device(await complete_terms(terms, client), dialogue, client, QUICK)

    obtained = with_client(trust_gateway(make_gateway(oidc.issuer)), work)

    assert oauth_of(obtained).refresh
    assert obtained.email == "ada@corp.example"
    assert dialogue.said[0].startswith("Enter the code ")
    assert dialogue.pages[0].startswith(f"{oidc.issuer}/device?user_code=")


def test_device_code_is_pending_until_it_is_approved(oidc: Provider) -> None:
    terms, dialogue, slept = gateway_terms(oidc), FakeDialogue(), 0

    async def approve_late(_: float) -> None:
        nonlocal slept
        slept += 1
        if slept == 3:
            Browser().visit(dialogue.pages[0])

    async def work(client: Client) -> Obtained:
        complete = await complete_terms(terms, client)
        return await log_in_by_device(complete, dialogue, client, Clock(sleep=approve_late))

    assert oauth_of(with_client(trust_gateway(make_gateway(oidc.issuer)), work)).access
    assert slept == 3


def test_refused_device_code_ends_the_wait(oidc: Provider) -> None:
    terms = gateway_terms(oidc)
    dialogue = FakeDialogue(visit=lambda url: Browser({**ANSWERS, "abort": "yes"}).visit(url))

    async def work(client: Client) -> Obtained:
        return await log_in_by_device(await complete_terms(terms, client), dialogue, client, QUICK)

    with pytest.raises(LoginError, match="refused in the browser"):
        with_client(trust_gateway(make_gateway(oidc.issuer)), work)


def test_used_refresh_token_makes_this_provider_revoke_the_login(oidc: Provider) -> None:
    """What a second refresh of one token would do: the provider is a real one."""

    async def work(client: Client) -> None:
        terms = gateway_terms(oidc)
        first = oauth_of(await log_in(terms, client)).refresh
        assert isinstance(first, Secret)
        answer = await renew(terms, first, client)
        assert isinstance(answer, dict)
        assert answer["refresh_token"] != first.reveal()

        replayed = await renew(terms, first, client)
        successor = await renew(terms, Secret(answer["refresh_token"]), client)

        assert isinstance(replayed, Denied)
        assert replayed.code == "invalid_grant"
        assert isinstance(successor, Denied)
        assert successor.code == "invalid_grant"

    before = oidc.ask("/stats")["revoked"]
    with_client(trust_gateway(make_gateway(oidc.issuer)), work)
    assert oidc.ask("/stats")["revoked"] == before + 1
