"""The kinds of credential, and the store that keeps them, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias, assert_never

from text2llm.secret import RefSource, SecretRef, SecretValue

#: The format version that this release reads and writes.
STORE_VERSION = 1
STORE_NAME = "auth-profiles.json"
#: All but the printable characters of ASCII that are no ``%``.
_UNPRINTED = re.compile(r"[^!-$&-~]")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class ApiKey(NamedTuple):
    """A key that does not expire."""

    key: SecretValue


class Token(NamedTuple):
    """A bearer token that cannot be renewed; ``expires`` in milliseconds since the epoch, ``None`` for never."""

    token: SecretValue
    expires: int | None


class OAuth(NamedTuple):
    """A short-lived access token (``expires`` in milliseconds since the epoch) and the token that renews it.

    ``extras`` are the provider's own fields, such as ``accountId``; they are kept, and not shown.
    """

    access: SecretValue
    refresh: SecretValue | None
    expires: int | None
    extras: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"OAuth(access={self.access!r}, refresh={self.refresh!r}, expires={self.expires!r})"


Credential: TypeAlias = ApiKey | Token | OAuth


def value_of(credential: Credential) -> SecretValue:
    """The secret that requests send."""
    match credential:
        case ApiKey(value) | Token(value) | OAuth(value):
            return value
        case _:
            assert_never(credential)


def secret_refs(credential: Credential | None) -> tuple[SecretRef, ...]:
    """The references in place of a credential's secrets."""
    if credential is None:
        return ()
    values = (value_of(credential), credential.refresh if isinstance(credential, OAuth) else None)
    return tuple(value for value in values if isinstance(value, SecretRef))


def describe_ref(ref: SecretRef) -> str:
    """The reference in words, such as ``the variable ACME_API_KEY``."""
    places = {
        RefSource.ENV: "the variable",
        RefSource.FILE: "the file",
        RefSource.KEYRING: "the keyring entry",
        RefSource.EXEC: f"the source {ref.provider}, entry",
    }
    return f"{places[ref.source]} {ref.id}"


def name_entry(ref: SecretRef) -> str:
    """The name of a source's entry as grants write it: without white space, ``%`` as in a URL."""
    return f"{ref.provider}:{_UNPRINTED.sub(lambda found: f'%{ord(found[0]):02X}', ref.id)}"


def explain_source(name: str) -> str:
    """Why no entry of a secret source can be read that the user's settings do not have."""
    return f"your settings have no secret source {name}; add secrets.sources.{name} with its command"


class AuthProfile(NamedTuple):
    """One stored credential. ``credential`` is ``None`` when this release does not know its ``type``.

    ``raw`` is the stored entry with every field, for writing it back; it holds plain secrets.
    """

    id: str
    provider: str
    type: str
    email: str | None
    credential: Credential | None
    raw: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"AuthProfile({self.id!r}, {self.provider!r}, {self.credential!r})"


class UsageStats(NamedTuple):
    """Usage statistics of a profile; times in milliseconds since the epoch, ``raw`` as stored.

    A cooldown with a ``cooldown_model`` is for that model only.
    """

    last_used: int | None = None
    cooldown_until: int | None = None
    cooldown_reason: str | None = None
    cooldown_model: str | None = None
    disabled_until: int | None = None
    disabled_reason: str | None = None
    refresh_failed_at: int | None = None
    raw: Any = None

    def describe_aside(self, now: int) -> tuple[str, str | None]:
        """``disabled`` or ``cooldown``, and the model that it is for; ``None`` for all."""
        return ("disabled", None) if (self.disabled_until or 0) > now else ("cooldown", self.cooldown_model)

    @property
    def reason(self) -> str | None:
        return self.disabled_reason or self.cooldown_reason

    def unusable_until(self, now: int, model: str | None = None) -> int | None:
        """When the cooldown ends, that for ``model`` if it is set; ``None`` when the profile can be used ``now``."""
        cooldown = (self.cooldown_until or 0) if model is None or self._concerns(model) else 0
        latest = max(cooldown, self.disabled_until or 0)
        return latest if latest > now else None

    def _concerns(self, model: str) -> bool:
        named = self.cooldown_model
        return named is None or named == model or (bool(model) and named.endswith(f"/{model}"))


NO_STATS = UsageStats()


class AuthStore(NamedTuple):
    """The credential store of an agent. ``raw`` is the whole file, for writing it back with every field."""

    version: int = STORE_VERSION
    profiles: Mapping[str, AuthProfile] = _NOTHING
    order: Mapping[str, tuple[str, ...]] = _NOTHING
    usage_stats: Mapping[str, UsageStats] = _NOTHING
    raw: Mapping[str, Any] = _NOTHING

    def __repr__(self) -> str:
        return f"AuthStore({list(self.profiles.values())!r}, order={self.order!r})"

    def stats(self, profile_id: str) -> UsageStats:
        return self.usage_stats.get(profile_id, NO_STATS)
