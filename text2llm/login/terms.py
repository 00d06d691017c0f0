"""The input and output of login flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from text2llm.auth.credentials import Credential
from text2llm.providers.oauth import OAuthFacts
from text2llm.secret import Secret
from text2llm.trust.bindings import CredentialKind, CredentialName, NamedSecret


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuer of a login. ``always``: it says that each of its redirects names it (RFC 9207)."""

    url: str
    always: bool = False


@dataclass(frozen=True, slots=True)
class LoginTerms:
    """A provider's login with the client that is used.

    :func:`text2llm.login.oidc.complete_terms` adds discovered endpoints to ``facts``. ``origins`` are the origins,
    besides the issuer's, that a discovery document may name.
    """

    facts: OAuthFacts
    client_id: str | None = None
    client_secret: Secret | None = None
    redirect: str | None = None
    origins: tuple[str, ...] = ()

    @property
    def provider(self) -> str:
        return self.facts.provider

    @property
    def issuer(self) -> Issuer | None:
        return None if self.facts.issuer is None else Issuer(self.facts.issuer, self.facts.names_issuer)

    def name(self, secret: Secret) -> NamedSecret:
        """A secret of this login, with the name that it is bound to origins by."""
        return NamedSecret(CredentialName(CredentialKind.LOGIN, self.provider), secret)


@dataclass(frozen=True, slots=True)
class Obtained:
    """The result of a login; ``email`` is the account's."""

    credential: Credential
    email: str | None = None


class Dialogue(Protocol):
    """The user interface of a flow."""

    def say(self, text: str) -> None:
        """Show a line."""

    def open_page(self, url: str) -> bool:
        """Show a URL and open it; whether a browser could be started."""

    def ask_secret(self, prompt: str) -> Secret:
        """Prompt for a secret, without echo."""


#: The parsed JSON object of a response.
Answer = Mapping[str, object]
