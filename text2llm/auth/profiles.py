"""Changes to a credential store: add a profile, remove one, change its usage statistics. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, assert_never

from text2llm.auth.credentials import ApiKey, AuthProfile, AuthStore, Credential, OAuth, Token
from text2llm.auth.store import parse_profile, parse_stats
from text2llm.refs import Spellings
from text2llm.secret import RefSource, Secret, SecretRef, SecretValue

#: The fields of ``usageStats`` that start a cooldown, or from which its length is computed:
#: openclaw/openclaw src/agents/auth-profiles/types.ts, `ProfileUsageStats`.
COOLDOWN_KEYS = frozenset({
    *("cooldownUntil", "cooldownReason", "cooldownModel", "disabledUntil", "disabledReason", "errorCount"),
    "failureCounts",
})  # fmt: skip
#: When a refresh failed for good, in milliseconds since the epoch; text2llm's own field.
REFRESH_FAILED = "refreshFailedAt"

_TYPES: Mapping[type[Credential], str] = {ApiKey: "api_key", Token: "token", OAuth: "oauth"}
_SECRET_FIELDS = ("key", "token", "access", "refresh")
#: The fields of a credential itself; all others are notes of users and tools.
_OWN_FIELDS = frozenset({"type", "provider", "expires", "keyRef", "tokenRef", *_SECRET_FIELDS})
#: In messages, in place of a path.
_NEW = "that is being written"


def make_profile(profile_id: str, provider: str, credential: Credential, email: str | None = None) -> AuthProfile:
    """A profile as it is stored; ``provider`` is a canonical id.

    Raises:
        StoreError: the ``id`` of a reference is invalid.
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
    if isinstance(value, Secret):
        return value.reveal()
    named = {"provider": value.provider} if value.provider else {}
    return {"source": value.source.value, **named, "id": value.id}


def move_secrets(credential: Credential, entry: str) -> tuple[Credential, dict[SecretRef, Secret]]:
    """A credential with keyring references in place of its secrets, and the secrets to store under them.

    ``entry`` names the value that requests send; a refresh token has its own entry.
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
    """The store with a profile, in place of the one with its id if there is one.

    A key or token for the same provider keeps the other fields of the one that it replaces. The fields of a login
    describe its account, so a new login keeps none. A cooldown ends.
    """
    before = store.profiles.get(profile.id)
    merged = profile if before is None or not _is_rotation(before, profile, spellings) else _keep_notes(before, profile)
    profiles = {**store.profiles, profile.id: merged}
    return _change_stats(store._replace(profiles=profiles), profile.id, {*COOLDOWN_KEYS, REFRESH_FAILED})


def _is_rotation(before: AuthProfile, after: AuthProfile, spellings: Spellings) -> bool:
    owners = {spellings.provider(profile.provider) for profile in (before, after)}
    return before.type == after.type and len(owners) == 1 and not isinstance(after.credential, OAuth)


def _keep_notes(before: AuthProfile, after: AuthProfile) -> AuthProfile:
    kept = {name: value for name, value in before.raw.items() if name in after.raw or name not in _OWN_FIELDS}
    return parse_profile(after.id, {**kept, **after.raw, "provider": before.raw["provider"]}, _NEW)


def renew_profile(store: AuthStore, profile: AuthProfile, renewed: OAuth) -> AuthStore:
    """The store with a profile's new tokens; all other fields stay, except the note of a failed refresh."""
    made = make_profile(profile.id, profile.provider, renewed, profile.email).raw
    kept = {name: value for name, value in profile.raw.items() if name != "expires"}
    changed = parse_profile(profile.id, {**kept, **made, "provider": profile.raw["provider"]}, _NEW)
    return note_refresh_failure(store._replace(profiles={**store.profiles, profile.id: changed}), profile.id, None)


def remove_profile(store: AuthStore, profile_id: str) -> AuthStore:
    """The store without a profile and any mention of it; an order that names only this profile is dropped."""
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
    last_good = raw.get("lastGood")
    if not isinstance(last_good, dict) or profile_id not in last_good.values():
        return raw
    left = {provider: name for provider, name in last_good.items() if name != profile_id}
    return {key: left if key == "lastGood" else value for key, value in raw.items() if key != "lastGood" or left}


def mentions_profile(store: AuthStore, profile_id: str) -> bool:
    return remove_profile(store, profile_id) != store


def clear_cooldown(store: AuthStore, profile_id: str) -> AuthStore:
    return _change_stats(store, profile_id, COOLDOWN_KEYS)


def note_refresh_failure(store: AuthStore, profile_id: str, now: int | None) -> AuthStore:
    """Note that a profile's refresh failed for good at ``now``; ``None`` removes the note."""
    if now is None:
        return _change_stats(store, profile_id, {REFRESH_FAILED})
    return _change_stats(store, profile_id, (), {REFRESH_FAILED: now})


def _change_stats(
    store: AuthStore, profile_id: str, dropped: Collection[str], added: Mapping[str, Any] = MappingProxyType({})
) -> AuthStore:
    """Change a profile's usage statistics; a profile without any has no entry."""
    raw = store.stats(profile_id).raw
    before = raw if isinstance(raw, dict) else {}
    after = {**{key: value for key, value in before.items() if key not in dropped}, **added}
    if after == before:
        return store
    others = {name: stats for name, stats in store.usage_stats.items() if name != profile_id or after}
    return store._replace(usage_stats={**others, profile_id: parse_stats(after)} if after else others)
