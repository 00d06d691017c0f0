"""Whole logins with a browser: at a certified OpenID provider, and at one of OpenRouter's shape."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from tests.login.answering import answering, asked
from tests.login.browsing import Browser
from tests.login.oidc_server import Provider
from tests.login.terms_of import CLIENT_ID, make_gateway, trust_facts, trust_gateway, with_client
from text2llm.auth.credentials import ApiKey, OAuth
from text2llm.login.browser_flow import log_in_by_loopback, log_in_by_paste
from text2llm.login.errors import LoginError
from text2llm.login.oidc import complete_terms, gateway_facts
from text2llm.login.terms import LoginTerms, Obtained
from text2llm.net.client import Client
from text2llm.providers.oauth import load_logins
from text2llm.secret import Secret


@dataclass
class Person:
    """Somebody with a browser of their own, who pastes the address that it ends at."""

    browser: Browser = field(default_factory=Browser)
    said: list[str] = field(default_factory=list)
    opens: bool = True

    def say(self, text: str) -> None:
        self.said.append(text)

    def open_page(self, url: str) -> bool:
        self.said.append(url)
        threading.Thread(target=self.browser.visit, args=(url,)).start()
        return self.opens

    def ask_secret(self, _prompt: str) -> Secret:
        page = next(line for line in self.said if line.startswith("http"))
        self.browser.until = parse_qs(urlsplit(page).query)["redirect_uri"][0]
        return Secret(self.browser.visit(page))


def log_in(flow: object, provider: Provider, person: Person) -> Obtained:
    gateway = make_gateway(provider.issuer)

    async def work(client: Client) -> Obtained:
        terms = await complete_terms(LoginTerms(gateway_facts(gateway), CLIENT_ID), client)
        obtained: Obtained = await flow(terms, person, client)  # type: ignore[operator]
        return obtained

    return with_client(trust_gateway(gateway), work)


@pytest.mark.parametrize("flow", [log_in_by_loopback, log_in_by_paste])
def test_a_certified_provider_lets_us_in(flow: object, oidc: Provider) -> None:
    person = Person(Browser(until="nowhere"))
    obtained = log_in(flow, oidc, person)
    assert isinstance(obtained.credential, OAuth)
    assert obtained.credential.refresh
    shown = "\n".join(person.said)
    assert ("Waiting for you to come back; Ctrl-C gives up." in shown) is (flow is log_in_by_loopback)
    for value in (obtained.credential.access, obtained.credential.refresh):
        assert isinstance(value, Secret)
        assert value.reveal() not in shown


def test_refused_consent_is_reported(oidc: Provider) -> None:
    class Refusing(Person):
        def open_page(self, url: str) -> bool:
            fields = parse_qs(urlsplit(url).query)
            back = f"{fields['redirect_uri'][0]}?error=access_denied&state={fields['state'][0]}&iss={oidc.issuer}"
            threading.Thread(target=lambda: urlopen(back).close()).start()
            return False

    with pytest.raises(LoginError, match="login denied"):
        log_in(log_in_by_loopback, oidc, Refusing())


def test_openrouter_gives_an_api_key_and_has_the_state_in_its_path() -> None:
    class Visitor(Person):
        def open_page(self, url: str) -> bool:
            self.said.append(url)
            back = parse_qs(urlsplit(url).query)["callback_url"][0]
            threading.Thread(target=lambda: urlopen(f"{back}?code=c1").close()).start()
            return True

    key = "sk-or-v1-" + "0a" * 32
    with answering((200, {"key": key})) as server:
        facts = load_logins()["openrouter"]._replace(token_url=f"{server.origin}/api/v1/auth/keys")
        person = Visitor()
        obtained = with_client(trust_facts(facts), lambda client: log_in_by_loopback(LoginTerms(facts), person, client))
        sent = asked(server)
    assert obtained.credential == ApiKey(Secret(key))
    assert sent.keys() == {"code", "code_verifier", "code_challenge_method"}
    assert (sent["code"], sent["code_challenge_method"]) == ("c1", "S256")
    page = next(line for line in person.said if line.startswith("https://openrouter.ai/auth?"))
    assert "localhost" in page


def test_login_ends_at_the_limit(oidc: Provider) -> None:
    async def hasty(terms: LoginTerms, dialogue: Person, client: Client) -> Obtained:
        return await log_in_by_loopback(terms, dialogue, client, 0.1)

    class Absent(Person):
        def open_page(self, _url: str) -> bool:
            return False

    with pytest.raises(LoginError, match="the login was not completed"):
        log_in(hasty, oidc, Absent())


@pytest.mark.parametrize("iss", ["", "&iss=https%3A%2F%2Fevil.example"])
def test_code_of_another_issuer_is_sent_nowhere(iss: str) -> None:
    """A mix-up (RFC 9207): the user logs in at an honest provider, whose code is meant for another one."""

    class MixedUp(Person):
        def open_page(self, url: str) -> bool:
            fields = parse_qs(urlsplit(url).query)
            back = f"{fields['redirect_uri'][0]}?code=c1&state={fields['state'][0]}{iss}"
            threading.Thread(target=lambda: urlopen(back).close()).start()
            return True

    document: dict[str, object] = {}
    with answering((200, document)) as server:
        at = str(server.origin)
        document |= {"issuer": at, "authorization_endpoint": f"{at}/auth", "token_endpoint": f"{at}/token"}
        document["authorization_response_iss_parameter_supported"] = True
        gateway = make_gateway(at)

        async def work(client: Client) -> Obtained:
            terms = await complete_terms(LoginTerms(gateway_facts(gateway), CLIENT_ID), client)
            return await log_in_by_loopback(terms, MixedUp(), client)

        with pytest.raises(LoginError, match=f"issuer: it must be {at}"):
            with_client(trust_gateway(gateway), work)
        assert len(server.received) == 1
