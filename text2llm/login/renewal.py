"""When an access token is to be renewed, and what the store holds after that. Pure: ``now`` is an argument."""

from __future__ import annotations

from text2llm.auth.credentials import AuthProfile, AuthStore, OAuth, UsageStats
from text2llm.auth.health import can_refresh
from text2llm.auth.profiles import REFRESH_FAILED, make_profile, set_stat
from text2llm.auth.store import parse_profile
from text2llm.providers.oauth import OAuthFacts


def needs_refresh(profile: AuthProfile, stats: UsageStats, now: int, lead: int = 300) -> bool:
    """Whether a profile's access token has expired or will within ``lead`` seconds, and can be renewed.

    ``now`` is in milliseconds since the epoch. A token without expiry is not renewed unasked.
    """
    credential = profile.credential
    if not isinstance(credential, OAuth) or not can_refresh(credential, stats):
        return False
    if not credential.access:
        return True
    return credential.expires is not None and credential.expires <= now + lead * 1000


def refresh_lead(facts: OAuthFacts) -> int:
    """How long before its expiry a provider's token is renewed, in seconds."""
    return max(facts.skew, 0 if facts.refresh is None else facts.refresh.lead)


def store_renewed(store: AuthStore, profile: AuthProfile, renewed: OAuth, path: str) -> AuthStore:
    """The store with the new tokens of a profile; that an earlier refresh failed is forgotten.

    Every field that is not known stays as it is. ``path`` is the store's, for messages.
    """
    made = make_profile(profile.id, profile.provider, renewed, profile.email).raw
    kept = {name: value for name, value in profile.raw.items() if name != "expires"}
    changed = parse_profile(profile.id, {**kept, **made, "provider": profile.raw["provider"]}, path)
    return note_failure(store._replace(profiles={**store.profiles, profile.id: changed}), profile.id, None)


def note_failure(store: AuthStore, profile_id: str, now: int | None) -> AuthStore:
    """The store with the note that the refresh of a profile failed for good at ``now``; ``None`` takes it away."""
    return set_stat(store, profile_id, REFRESH_FAILED, now)
