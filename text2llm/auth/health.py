"""How long a stored credential will still work. Pure: ``now`` is an argument."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, assert_never

from text2llm.auth.credentials import NO_STATS, ApiKey, AuthProfile, Credential, OAuth, Token, UsageStats


class HealthStatus(Enum):
    """``STATIC`` is a credential without expiry, ``MISSING`` the absence of any."""

    OK = "ok"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    MISSING = "missing"
    STATIC = "static"

    def is_usable(self) -> bool:
        """Whether a request with it can succeed."""
        return self not in (HealthStatus.EXPIRED, HealthStatus.MISSING)


class Health(NamedTuple):
    """The state of one credential at a moment; times in milliseconds, ``expires_at`` since the epoch."""

    status: HealthStatus
    expires_at: int | None = None
    remaining: int | None = None


STATIC = Health(HealthStatus.STATIC)
MISSING = Health(HealthStatus.MISSING)


def profile_health(profile: AuthProfile, stats: UsageStats, now: int, warn_after: int) -> Health:
    """The health of a stored profile; ``warn_after`` is in milliseconds."""
    if profile.credential is None:
        return MISSING
    return credential_health(profile.credential, stats, now, warn_after)


def credential_health(
    credential: Credential, stats: UsageStats = NO_STATS, now: int = 0, warn_after: int = 0
) -> Health:
    """The health of a credential; ``MISSING`` when it holds no secret."""
    match credential:
        case ApiKey(key):
            return STATIC if key else MISSING
        case Token(token, expires):
            return _timed(expires, now, warn_after) if token else MISSING
        case OAuth():
            return _oauth_health(credential, stats, now, warn_after)
        case _:
            assert_never(credential)


def can_refresh(credential: OAuth, stats: UsageStats) -> bool:
    """Whether an access token can be renewed: a refresh token is there, and no refresh is known to have failed."""
    return bool(credential.refresh) and stats.refresh_failed_at is None


def _oauth_health(credential: OAuth, stats: UsageStats, now: int, warn_after: int) -> Health:
    if not credential.access and not credential.refresh:
        return MISSING
    timed = _timed(credential.expires, now, warn_after)
    if can_refresh(credential, stats):
        # The access token lives an hour or so; its age says nothing about the login.
        return Health(HealthStatus.OK, timed.expires_at, timed.remaining)
    return timed if credential.access else Health(HealthStatus.EXPIRED, timed.expires_at, timed.remaining)


def _timed(expires: int | None, now: int, warn_after: int) -> Health:
    if expires is None:
        return STATIC
    remaining = expires - now
    if remaining <= 0:
        return Health(HealthStatus.EXPIRED, expires, remaining)
    status = HealthStatus.EXPIRING if remaining <= warn_after else HealthStatus.OK
    return Health(status, expires, remaining)
