"""Changes of a credential store: put a profile in, take one out, note something about its use. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, assert_never

from text2llm.auth.credentials import ApiKey, AuthProfile, AuthStore, Credential, OAuth, Token
from text2llm.auth.store import parse_profile, parse_stats
from text2llm.refs import Spellings
from text2llm.secret import RefSource, Secret, SecretRef, SecretValue

#: The fields of ``usageStats`` by which a tool puts a profile aside, and from which it computes for how long:
#: openclaw/openclaw src/agents/auth-profiles/types.ts, `ProfileUsageStats`.
COOLDOWN_KEYS = frozenset({"cooldownUntil", "disabledUntil", "disabledReason", "errorCount", "failureCounts"})
#: When a refresh was refused for good, in milliseconds since the epoch; text2llm's own field.
REFRESH_FAILED = "refreshFailedAt"

_TYPES: Mapping[type[Credential], str] = {ApiKey: "api_key", Token: "token", OAuth: "oauth"}
_SECRET_FIELDS = ("key", "token", "access", "refresh")
#: The fields that say what a credential is; all others are notes of people and tools.
_OWN_FIELDS = frozenset({"type", "provider", "expires", *_SECRET_FIELDS})
#: What messages call a store that has no text yet.
_NEW = "that is being written"


def make_profile(profile_id: str, provider: str, credential: Credential, email: str | None = None) -> AuthProfile:
    """A profile as the store keeps it; ``provider`` is a canonical id.

    Raises:
        StoreError: the ``id`` of a reference is none.
    """
    fields: dict[str, Any] = {"type": _TYPES[type(credential)], "provider": provider, **_fields(credential)}
    if email:
        fields["email"] = email
    return parse_profile(profile_id, fields, _NEW)


def _fields(credential: Credential) -> dict[str, Any]:
    match credential:
        case ApiKey(key):
            return {"key": _write(key)}
        case Token(token, expires):
            return _present({"token": _write(token), "expires": expires})
        case OAuth(access, refresh, expires, extras):
            own = {"access": _write(access), "refresh": refresh and _write(refresh), "expires": expires}
            return {**_present(own), **{name: value for name, value in extras.items() if name not in _OWN_FIELDS}}
        case _:
            assert_never(credential)


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _write(value: SecretValue) -> Any:
    return value.reveal() if isinstance(value, Secret) else {"source": value.source.value, "id": value.id}


def move_secrets(credential: Credential, entry: str) -> tuple[Credential, dict[SecretRef, Secret]]:
    """A credential with references to the keyring in place of its secrets, and what belongs into these entries.

    ``entry`` names the value that requests send; a refresh token has an entry of its own beside it.
    """
    moved: dict[SecretRef, Secret] = {}

    def move(value: SecretValue, name: str) -> SecretValue:
        if not isinstance(value, Secret):
            return value
        ref = SecretRef(RefSource.KEYRING, name)
        moved[ref] = value
        return ref

    match credential:
        case ApiKey(key):
            return ApiKey(move(key, entry)), moved
        case Token(token, expires):
            return Token(move(token, entry), expires), moved
        case OAuth(access, refresh):
            kept = None if refresh is None else move(refresh, f"{entry}:refresh")
            return credential._replace(access=move(access, entry), refresh=kept), moved
        case _:
            assert_never(credential)


def put_profile(store: AuthStore, profile: AuthProfile, spellings: Spellings) -> AuthStore:
    """The store with a profile, at the place of the one with its id if there is one.

    A key or token for the same provider keeps the other fields of the one that it replaces. What stands beside a
    login speaks of its account, so a new login keeps nothing. Whatever put the old secret aside is forgotten.
    """
    before = store.profiles.get(profile.id)
    merged = profile if before is None or not _is_rotation(before, profile, spellings) else _keep_notes(before, profile)
    profiles = {**store.profiles, profile.id: merged}
    return _drop_stats(store._replace(profiles=profiles), profile.id, {*COOLDOWN_KEYS, REFRESH_FAILED})


def _is_rotation(before: AuthProfile, after: AuthProfile, spellings: Spellings) -> bool:
    """Whether a profile is the same one with a new key or token."""
    owners = {spellings.provider(profile.provider) for profile in (before, after)}
    return before.type == after.type and len(owners) == 1 and not isinstance(after.credential, OAuth)


def _keep_notes(before: AuthProfile, after: AuthProfile) -> AuthProfile:
    kept = {name: value for name, value in before.raw.items() if name in after.raw or name not in _OWN_FIELDS}
    return parse_profile(after.id, {**kept, **after.raw, "provider": before.raw["provider"]}, _NEW)


def remove_profile(store: AuthStore, profile_id: str) -> AuthStore:
    """The store without a profile, and without any mention of it; an order that names nothing else goes away."""
    return store._replace(
        profiles={name: profile for name, profile in store.profiles.items() if name != profile_id},
        order=_without_id(store.order, profile_id),
        usage_stats={name: stats for name, stats in store.usage_stats.items() if name != profile_id},
        raw=_without_last_good(store.raw, profile_id),
    )


def _without_id(order: Mapping[str, tuple[str, ...]], profile_id: str) -> dict[str, tuple[str, ...]]:
    left = {provider: tuple(name for name in ids if name != profile_id) for provider, ids in order.items()}
    return {provider: ids for provider, ids in left.items() if ids or not order[provider]}


def _without_last_good(raw: Mapping[str, Any], profile_id: str) -> Mapping[str, Any]:
    noted = raw.get("lastGood")
    if not isinstance(noted, dict) or profile_id not in noted.values():
        return raw
    left = {provider: name for provider, name in noted.items() if name != profile_id}
    return {key: left if key == "lastGood" else value for key, value in raw.items() if key != "lastGood" or left}


def mentions_profile(store: AuthStore, profile_id: str) -> bool:
    """Whether anything in a store speaks of a profile."""
    return remove_profile(store, profile_id) != store


def clear_cooldown(store: AuthStore, profile_id: str) -> AuthStore:
    """The store without what puts a profile aside."""
    return _drop_stats(store, profile_id, COOLDOWN_KEYS)


def set_stat(store: AuthStore, profile_id: str, key: str, value: Any) -> AuthStore:
    """The store with one note on the use of a profile; ``None`` takes it away."""
    if value is None:
        return _drop_stats(store, profile_id, {key})
    return _put_stats(store, profile_id, {**_raw_stats(store, profile_id), key: value})


def _drop_stats(store: AuthStore, profile_id: str, keys: Collection[str]) -> AuthStore:
    noted = _raw_stats(store, profile_id)
    left = {key: value for key, value in noted.items() if key not in keys}
    return store if left == noted else _put_stats(store, profile_id, left)


def _raw_stats(store: AuthStore, profile_id: str) -> dict[str, Any]:
    raw = store.stats(profile_id).raw
    return raw if isinstance(raw, dict) else {}


def _put_stats(store: AuthStore, profile_id: str, noted: dict[str, Any]) -> AuthStore:
    """Notes in place of others; a profile without any has no entry."""
    others = {name: stats for name, stats in store.usage_stats.items() if name != profile_id or noted}
    return store._replace(usage_stats={**others, profile_id: parse_stats(noted)} if noted else others)
