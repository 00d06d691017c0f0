"""Terms, trust and dialogues for tests of logins."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from text2llm.login.terms import LoginTerms
from text2llm.net.client import Client
from text2llm.net.loop import run_async
from text2llm.providers.oauth import OAuthFacts
from text2llm.secret import Secret
from text2llm.settings.binding import bind_gateways, bind_logins
from text2llm.settings.model import OAuthClient, OidcGateway
from text2llm.trust.bindings import Bindings, Trust

T = TypeVar("T")
CLIENT_ID = "text2llm-tests"


def make_gateway(issuer: str, **changed: object) -> OidcGateway:
    gateway = OidcGateway("corp", issuer, OAuthClient(CLIENT_ID), ("openid", "offline_access", "email"))
    return gateway._replace(**changed)  # type: ignore[arg-type]


def trust_gateway(gateway: OidcGateway) -> Trust:
    return Trust(bind_gateways(Bindings(), {gateway.id: gateway}))


def trust_facts(*facts: OAuthFacts) -> Trust:
    return Trust(bind_logins(Bindings(), facts))


def with_client(trust: Trust, work: Callable[[Client], Awaitable[T]]) -> T:
    """The result of ``work`` with a client that sends what ``trust`` allows."""

    async def main() -> T:
        client = Client(trust, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return await work(client)

    return run_async(main())


def make_terms(facts: OAuthFacts) -> LoginTerms:
    return LoginTerms(facts, CLIENT_ID)


@dataclass
class FakeDialogue:
    """Keeps what is shown; a page is given to ``visit``."""

    visit: Callable[[str], object] = lambda _: None
    said: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    def open_page(self, url: str) -> bool:
        self.pages.append(url)
        self.visit(url)
        return True

    def ask_secret(self, prompt: str) -> Secret:
        raise AssertionError(f"nothing is asked for here: {prompt}")
