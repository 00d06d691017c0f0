"""What a login works with and what it gives: the values between the flows and the commands."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from text2llm.auth.credentials import Credential
from text2llm.providers.oauth import OAuthFacts
from text2llm.secret import Secret
from text2llm.trust.bindings import CredentialKind, CredentialName, NamedSecret


@dataclass(frozen=True, slots=True)
class LoginTerms:
    """A provider's login with the client that is used.

    ``facts`` has every endpoint, once :func:`text2llm.login.oidc.complete_terms` has asked for those that a discovery
    document names. ``origins`` are the origins, besides the issuer's, that this document may name.
    """

    facts: OAuthFacts
    client_id: str | None = None
    client_secret: Secret | None = None
    redirect: str | None = None
    origins: tuple[str, ...] = ()

    @property
    def provider(self) -> str:
        """The provider's id."""
        return self.facts.provider

    def name(self, secret: Secret) -> NamedSecret:
        """A secret of this login under the name by which its destination is decided."""
        return NamedSecret(CredentialName(CredentialKind.LOGIN, self.provider), secret)


@dataclass(frozen=True, slots=True)
class Obtained:
    """What a login gives; ``email`` is the account's, for people to read."""

    credential: Credential
    email: str | None = None


class Dialogue(Protocol):
    """How a flow talks to the person at the terminal. Tests and commands each bring their own."""

    def say(self, text: str) -> None:
        """Show a line."""

    def open_page(self, url: str) -> bool:
        """Show a URL and open it in a browser; whether one could be started."""

    def ask_secret(self, prompt: str) -> Secret:
        """Ask for a secret, without echo."""


#: Fields of a token's answer, parsed.
Answer = Mapping[str, object]


def read_wall_clock() -> int:
    """The time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


async def _sleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Clock:
    """``now`` is in milliseconds since the epoch, ``elapsed`` in seconds since any moment, and never goes back."""

    now: Callable[[], int] = read_wall_clock
    elapsed: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = _sleep


CLOCK = Clock()
