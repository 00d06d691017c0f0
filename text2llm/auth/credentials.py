"""The kinds of credential, and the store that keeps them, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from text2llm.secret import Secret

#: The version of the store's format that this release reads and writes.
STORE_VERSION = 1
#: The name of the store's file in an agent's directory.
STORE_NAME = "auth-profiles.json"


class RefSource(Enum):
    """Where the value behind a :class:`SecretRef` is kept."""

    ENV = "env"
    FILE = "file"
    KEYRING = "keyring"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """A secret kept elsewhere: ``id`` is a variable's name, a file's path or a keyring entry."""

    source: RefSource
    id: str


SecretValue: TypeAlias = "Secret | SecretRef"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that does not expire."""

    key: SecretValue


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token that nobody can renew; ``expires`` in milliseconds since the epoch, ``None`` for never."""

    token: SecretValue
    expires: int | None


@dataclass(frozen=True, slots=True)
class OAuth:
    """A short-lived access token (``expires`` in milliseconds since the epoch) and what renews it.

    ``extras`` are the provider's own fields, such as ``accountId``; they are kept, and not shown.
    """

    access: SecretValue
    refresh: SecretValue | None
    expires: int | None
    extras: Mapping[str, Any] = field(repr=False)


Credential: TypeAlias = ApiKey | Token | OAuth

#: The names that stores and configs use.
TYPE_NAMES: Mapping[type[Credential], str] = {ApiKey: "api_key", Token: "token", OAuth: "oauth"}


@dataclass(frozen=True, slots=True)
class AuthProfile:
    """One stored credential. ``credential`` is ``None`` when its ``type`` is none that this release knows.

    ``raw`` is the stored entry with every field, for writing it back; it holds secrets in the clear.
    """

    id: str
    provider: str
    type: str
    email: str | None
    credential: Credential | None
    raw: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class UsageStats:
    """What tools noted about the use of a profile; times in milliseconds since the epoch, ``raw`` as stored."""

    last_used: int | None = None
    cooldown_until: int | None = None
    disabled_until: int | None = None
    disabled_reason: str | None = None
    refresh_failed_at: int | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def unusable_until(self, now: int) -> int | None:
        """When the profile may be used again; ``None`` when it may be used ``now``."""
        latest = max(self.cooldown_until or 0, self.disabled_until or 0)
        return latest if latest > now else None


NO_STATS = UsageStats()


@dataclass(frozen=True, slots=True)
class AuthStore:
    """The credential store of an agent. ``raw`` is the whole file, for writing it back with every field."""

    version: int = STORE_VERSION
    profiles: Mapping[str, AuthProfile] = field(default_factory=dict)
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    last_good: Mapping[str, str] = field(default_factory=dict)
    usage_stats: Mapping[str, UsageStats] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def stats(self, profile_id: str) -> UsageStats:
        """The notes on a profile; empty ones when there are none."""
        return self.usage_stats.get(profile_id, NO_STATS)
