"""Decide whether a credential may be sent to an origin. Pure; :mod:`text2llm.net` asks before every request.

A credential is bound to the origins in the shipped descriptor. The user can grant more, outside the repository.
Everything else is refused: a repository that changes a base URL does not get a key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from shlex import quote

from text2llm.diagnostics import Location
from text2llm.errors import Text2llmError
from text2llm.refs import Spellings
from text2llm.secret import Secret
from text2llm.trust.origin import Origin, OriginError, parse_origin
from text2llm.trust.public import GRANTS_VARIABLE, is_public_value

GRANT_COMMAND = "text2llm trust allow"

_NAME_TEXT = re.compile(r"(env|profile|provider|secret|cloud):([!-~]{1,600})")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class CredentialKind(Enum):
    """Where a credential comes from; ``PROVIDER`` names a set of them, ``CONFIG`` a public literal in a config.

    ``ENTRY`` is an entry of a secret source, ``SOURCE:ENTRY``. ``CLOUD`` is the identity that a provider's own tools
    keep in the user's files, named by the provider.

    ``LOGIN`` is for secrets of a provider's login: codes, verifiers, refresh tokens, the client's secret. They are
    never sent to model endpoints.
    """

    ENV = "env"
    PROFILE = "profile"
    PROVIDER = "provider"
    ENTRY = "secret"
    CLOUD = "cloud"
    CONFIG = "config"
    LOGIN = "login"


#: Login secrets are never granted, and a literal of a config has no name.
_GRANTABLE = frozenset(CredentialKind) - {CredentialKind.CONFIG, CredentialKind.LOGIN}

#: Those that a provider's id names.
_BY_PROVIDER = frozenset({CredentialKind.PROVIDER, CredentialKind.CLOUD})


@dataclass(frozen=True, slots=True)
class CredentialName:
    """A name such as ``env:NAME``, ``profile:ID``, ``provider:ID``, ``secret:SOURCE:ENTRY`` or ``cloud:ID``.

    ``provider`` is the canonical provider of a stored profile or a cloud's file; it is not part of the name.
    """

    kind: CredentialKind
    id: str
    provider: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}"


@dataclass(frozen=True, slots=True)
class NamedSecret:
    """A credential's value and name. Only these are ever sent, after :func:`decide`."""

    name: CredentialName
    secret: Secret


@dataclass(frozen=True, slots=True)
class Grant:
    """The user's permission to send a credential to an origin."""

    credential: CredentialName
    origin: Origin

    def __str__(self) -> str:
        return f"{self.credential}={self.origin}"


@dataclass(frozen=True, slots=True)
class Bindings:
    """The origins of each provider and of its login, and the providers of each variable, from descriptors.

    ``families`` match the origins of a provider's regions: all of them are its own.
    """

    origins: Mapping[str, frozenset[Origin]] = field(default_factory=dict)
    variables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    logins: Mapping[str, frozenset[Origin]] = field(default_factory=dict)
    families: Mapping[str, tuple[re.Pattern[str], ...]] = field(default_factory=dict)

    def binds(self, name: CredentialName, origin: Origin) -> bool:
        """Whether a credential is bound to an origin, or to the family that it belongs to; never without encryption."""
        if origin.unencrypted:
            return False
        families = (each for provider in self.providers_of(name) for each in self.families.get(provider, ()))
        return origin in self.origins_of(name) or any(each.fullmatch(str(origin)) for each in families)

    def providers_of(self, name: CredentialName) -> frozenset[str]:
        if name.kind is CredentialKind.ENV:
            return self.variables.get(name.id, frozenset())
        if name.kind in (CredentialKind.PROFILE, CredentialKind.CLOUD) and name.provider is not None:
            return frozenset({name.provider})
        return frozenset()

    def origins_of(self, name: CredentialName) -> frozenset[Origin]:
        if name.kind is CredentialKind.LOGIN:
            return self.logins.get(name.id, frozenset())
        return frozenset().union(*(self.origins.get(provider, frozenset()) for provider in self.providers_of(name)))


@dataclass(frozen=True, slots=True)
class Trust:
    bindings: Bindings
    grants: tuple[Grant, ...] = ()


class AllowReason(Enum):
    DESCRIPTOR = "descriptor"
    GRANT = "grant"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Allowed:
    credential: CredentialName
    origin: Origin
    reason: AllowReason


@dataclass(frozen=True, slots=True)
class Refused:
    """``ways`` are what the user can do about it, each sufficient alone."""

    credential: CredentialName
    origin: Origin
    reason: str
    ways: tuple[str, ...]

    @property
    def hint(self) -> str:
        return "; ".join(self.ways)


class TrustedOriginsError(Text2llmError):
    """The variable with the grants is invalid. Of its value, the message quotes only a credential's name."""

    code = "trusted-origins"


def decide(
    credential: NamedSecret,
    origin: Origin,
    bindings: Bindings,
    grants: tuple[Grant, ...],
    place: Location | None = None,
) -> Allowed | Refused:
    """Whether ``credential`` may be sent to ``origin``; ``place`` is where the origin is set, for the message."""
    name = credential.name
    if is_public_value(credential.secret) and origin.loopback:
        return Allowed(name, origin, AllowReason.PUBLIC)
    if is_public_value(credential.secret):
        reason = f"{name} holds a public sandbox value, which may only be sent to loopback addresses, not {origin}"
        ways = ("point the provider at the sandbox, or use a real credential",)
        return Refused(name, origin, f"{reason}{_at(place)}", ways)
    if bindings.binds(name, origin):
        return Allowed(name, origin, AllowReason.DESCRIPTOR)
    if any(grant.origin == origin and covers(grant.credential, name, bindings) for grant in grants):
        return Allowed(name, origin, AllowReason.GRANT)
    return _refuse(name, origin, place)


def covers(granted: CredentialName, name: CredentialName, bindings: Bindings) -> bool:
    """Whether a grant for ``granted`` applies to the credential ``name``: its own, or its provider's."""
    if name.kind not in _GRANTABLE:
        return False
    owners = (CredentialName(CredentialKind.PROVIDER, owner) for owner in bindings.providers_of(name))
    return granted == name or granted in owners


def parse_credential_name(text: str) -> CredentialName | None:
    matched = _NAME_TEXT.fullmatch(text)
    if matched is None:
        return None
    kind, name = CredentialKind(matched[1]), matched[2]
    if kind is CredentialKind.ENV and not _VARIABLE.fullmatch(name):
        return None
    return CredentialName(kind, name.lower() if kind in _BY_PROVIDER else name)


def spell_name(name: CredentialName, spellings: Spellings) -> CredentialName:
    """The name with the canonical id of its provider: ``provider:z.ai`` is ``provider:zai``."""
    return CredentialName(name.kind, spellings.provider(name.id)) if name.kind in _BY_PROVIDER else name


def parse_trusted_origins(text: str) -> tuple[Grant, ...]:
    """The grants in ``text``: pairs ``CREDENTIAL=ORIGIN`` separated by white space.

    Raises:
        TrustedOriginsError: a pair is not a credential's name and an exact origin.
    """
    return tuple(_parse_pair(pair, number) for number, pair in enumerate(text.split(), 1))


def _parse_pair(pair: str, number: int) -> Grant:
    left, equals, right = pair.rpartition("=")
    name = parse_credential_name(left)
    if name is None or not equals:
        raise TrustedOriginsError(
            f"{GRANTS_VARIABLE}: pair {number} does not start with a credential's name and `=`",
            hint="write env:NAME=https://host, profile:ID=, provider:ID= or secret:SOURCE:ENTRY=https://host",
        )
    try:
        return Grant(name, parse_origin(right, plain=True))
    except OriginError as error:
        text = f"{GRANTS_VARIABLE}: pair {number} ({name}): {error.message}"
        raise TrustedOriginsError(text, hint=error.hint) from error


def _refuse(name: CredentialName, origin: Origin, place: Location | None) -> Refused:
    match name.kind:
        case CredentialKind.CONFIG:
            ways: tuple[str, ...] = ("name the credential by a variable: apiKey: ${NAME}",)
        case CredentialKind.LOGIN:
            ways = ("login secrets are sent only to origins in the provider's descriptor or your settings",)
        case _:
            ways = _explain_grant(_name_for_grant(name), origin)
    return Refused(name, origin, f"{name} is not bound to {origin}{_at(place)}: nothing was sent", ways)


def _name_for_grant(name: CredentialName) -> CredentialName:
    """The credential's own name; for a profile whose id cannot be granted, its provider's."""
    if name.provider is not None and parse_credential_name(str(name)) is None:
        return CredentialName(CredentialKind.PROVIDER, name.provider)
    return name


def _explain_grant(name: CredentialName, origin: Origin) -> tuple[str, ...]:
    command = f"{GRANT_COMMAND} --credential {quote(str(name))} --origin {quote(str(origin))}"
    trusted = "it and the network, which can read the credential" if origin.unencrypted else "it"
    return f"if you trust {trusted}, run `{command}`", f"in CI set {variable_form(name, origin)} outside the repository"


def variable_form(name: CredentialName, origin: Origin) -> str:
    """The grant as an assignment for a shell or a workflow."""
    pair = str(Grant(name, origin))
    return f"{GRANTS_VARIABLE}={quote(pair)}" if quote(pair) != pair else f'{GRANTS_VARIABLE}="{pair}"'


def _at(place: Location | None) -> str:
    return "" if place is None else f" ({place})"
