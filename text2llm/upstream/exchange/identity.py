"""The identities with which a credential is made when a request is sent, as values. Pure.

Only a probe uses them. Each is named like the variable or profile it comes from, so what is made of it may be sent to
the origins that this credential is bound to, and to no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from text2llm.net.message import Request, SecretHeader
from text2llm.trust.bindings import CredentialName, NamedSecret
from text2llm.trust.origin import BaseUrl
from text2llm.upstream.verdict import Verdict


@dataclass(frozen=True, slots=True)
class AwsIdentity:
    """The credentials that botocore finds. ``region`` is ``None`` if the profile decides."""

    name: CredentialName
    region: str | None


@dataclass(frozen=True, slots=True)
class GoogleIdentity:
    """The file with application default credentials at ``path``."""

    name: CredentialName
    path: str


@dataclass(frozen=True, slots=True)
class EntraIdentity:
    """An application of a Microsoft Entra tenant. Its token endpoint is at ``authority``, ``scope`` that of tokens."""

    client: str
    secret: NamedSecret
    authority: BaseUrl
    scope: str


@dataclass(frozen=True, slots=True)
class CopilotIdentity:
    """A GitHub token. ``moved``: the configuration sets where requests are sent."""

    secret: NamedSecret
    moved: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request with the headers that carry its credential."""

    request: Request
    credentials: tuple[SecretHeader, ...]


#: What an exchange gives: it puts the credential on any request of the identity's.
Signer: TypeAlias = Callable[[Request], Prepared | Verdict]
Identity: TypeAlias = AwsIdentity | GoogleIdentity | EntraIdentity | CopilotIdentity
