"""How long a stored credential will still work. Pure: ``now`` is an argument."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, assert_never

from text2llm.auth.credentials import ApiKey, AuthProfile, OAuth, Token, UsageStats


class HealthStatus(Enum):
    """``STATIC`` is a credential without expiry, ``MISSING`` the absence of any.

    ``UNVERIFIED`` is one that only a probe looks at, such as the identity that a cloud's SDK finds.
    """

    OK = "ok"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    MISSING = "missing"
    STATIC = "static"
    UNVERIFIED = "unverified"

    def is_usable(self) -> bool:
        return self not in (HealthStatus.EXPIRED, HealthStatus.MISSING)


class Health(NamedTuple):
    """Times in milliseconds, ``expires_at`` since the epoch."""

    status: HealthStatus
    expires_at: int | None = None
    remaining: int | None = None


STATIC = Health(HealthStatus.STATIC)
MISSING = Health(HealthStatus.MISSING)
UNVERIFIED = Health(HealthStatus.UNVERIFIED)


def profile_health(profile: AuthProfile, stats: UsageStats, now: int, warn_after: int) -> Health:
    """The health of a stored profile, ``MISSING`` when it has no secret; ``warn_after`` is in milliseconds."""
    match profile.credential:
        case None:
            return MISSING
        case ApiKey(key):
            return STATIC if key else MISSING
        case Token(token, expires):
            return _timed(expires, now, warn_after) if token else MISSING
        case OAuth() as credential:
            return _oauth_health(credential, stats, now, warn_after)
        case _:
            assert_never(profile.credential)


def needs_refresh(profile: AuthProfile, stats: UsageStats, now: int, lead: int = 300) -> bool:
    """Whether a profile's access token expires within ``lead`` seconds and can be renewed.

    ``now`` is in milliseconds since the epoch. A token without expiry is not renewed automatically.
    """
    credential = profile.credential
    if not isinstance(credential, OAuth) or not _can_refresh(credential, stats):
        return False
    if not credential.access:
        return True
    return credential.expires is not None and credential.expires <= now + lead * 1000


def _can_refresh(credential: OAuth, stats: UsageStats) -> bool:
    """Whether there is a refresh token, and no refresh has failed for good."""
    return bool(credential.refresh) and stats.refresh_failed_at is None


def _oauth_health(credential: OAuth, stats: UsageStats, now: int, warn_after: int) -> Health:
    if not credential.access and not credential.refresh:
        return MISSING
    timed = _timed(credential.expires, now, warn_after)
    if _can_refresh(credential, stats):
        # The access token lives an hour or so; its age says nothing about the login.
        return timed._replace(status=HealthStatus.OK)
    return timed if credential.access else timed._replace(status=HealthStatus.EXPIRED)


def _timed(expires: int | None, now: int, warn_after: int) -> Health:
    if expires is None:
        return STATIC
    remaining = expires - now
    if remaining <= 0:
        return Health(HealthStatus.EXPIRED, expires, remaining)
    status = HealthStatus.EXPIRING if remaining <= warn_after else HealthStatus.OK
    return Health(status, expires, remaining)
