"""Parse and format credential stores. Pure; unknown fields are kept.

The format is that of the reference system's ``auth-profiles.json``, so both can use one file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import inf
from typing import Any, NoReturn

from text2llm.auth.credentials import (
    STORE_VERSION,
    ApiKey,
    AuthProfile,
    AuthStore,
    Credential,
    OAuth,
    Token,
    UsageStats,
)
from text2llm.errors import StoreError
from text2llm.refs import Spellings
from text2llm.secret import RefSource, Secret, SecretRef, SecretValue

MAX_STORE_BYTES = 1024 * 1024
MAX_DEPTH = 32

_HINT = "restore it from a backup, or move it away and log in again; text2llm never rewrites a store it cannot read"
_MAX_TIME = 2**53  # the reference system reads larger numbers inexactly
_OAUTH_FIELDS = frozenset({"type", "provider", "email", "access", "refresh", "expires"})


def parse_store(data: bytes, path: str) -> AuthStore:
    """The store in ``data``; ``path`` is for messages.

    Raises:
        StoreError: it is empty, truncated, too large, newer than this release, or not a credential store.
    """
    root = _parse_object(data, path)
    _check_version(root.get("version", STORE_VERSION), path)
    if "profiles" not in root:
        raise _refuse(path, "is not a credential store: it has no `profiles`")
    profiles = _parse_map(root, "profiles", path)
    return AuthStore(
        version=STORE_VERSION,
        profiles={name: parse_profile(name, entry, path) for name, entry in profiles.items()},
        order={name: _parse_order(name, ids, path) for name, ids in _parse_map(root, "order", path).items()},
        usage_stats={k: parse_stats(v) for k, v in _parse_map(root, "usageStats", path).items()},
        raw=root,
    )


def format_store(store: AuthStore) -> bytes:
    """The text of a store, formatted like the reference system's.

    Unknown fields and the order of the fields come from ``raw``; empty optional parts are omitted.
    """
    optional = {
        "order": {name: list(ids) for name, ids in store.order.items()},
        "usageStats": {name: stats.raw for name, stats in store.usage_stats.items()},
    }
    profiles = {name: dict(profile.raw) for name, profile in store.profiles.items()}
    merged = {**store.raw, "version": store.version, "profiles": profiles, **optional}
    kept = {key: value for key, value in merged.items() if value or key not in optional or store.raw.get(key) == {}}
    return (json.dumps(kept, indent=2, ensure_ascii=False) + "\n").encode()


def set_order(store: AuthStore, provider: str, profile_ids: tuple[str, ...], spellings: Spellings) -> AuthStore:
    """The store with an explicit order for ``provider``; an empty one clears it."""
    kept = {name: ids for name, ids in store.order.items() if spellings.provider(name) != provider}
    return store._replace(order={**kept, provider: profile_ids} if profile_ids else kept)


def overlay_store(own: AuthStore, main: AuthStore) -> AuthStore:
    """The agent's own store, or the main agent's while its own has no profiles, which then only adds orders."""
    if own.profiles:
        return own
    return main._replace(
        order={**main.order, **own.order},
        usage_stats={**main.usage_stats, **own.usage_stats},
    )


def _parse_object(data: bytes, path: str) -> dict[str, Any]:
    if len(data) > MAX_STORE_BYTES:
        raise _refuse(path, f"is larger than {MAX_STORE_BYTES // 1024} KiB")
    if not data.strip():
        raise _refuse(path, "is empty")
    try:
        root = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique_pairs,
            parse_constant=_refuse_number,
            parse_float=_parse_float,
        )
    except (ValueError, RecursionError) as error:
        raise _refuse(path, f"is not readable JSON ({_reason(error)})") from None
    if not isinstance(root, dict):
        raise _refuse(path, "is not a credential store: the top level is not an object")
    _check_tree(root, path)
    return root


def _reason(error: Exception) -> str:
    # The text of the error could quote a secret.
    match error:
        case json.JSONDecodeError():
            return f"line {error.lineno}, column {error.colno}: {error.msg}"
        case UnicodeDecodeError():
            return f"byte {error.start} is not UTF-8"
        case _:
            return (
                "nested too deeply" if isinstance(error, RecursionError) else "a number or key that JSON does not allow"
            )


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise ValueError("duplicate key")
    return unique


def _refuse_number(name: str) -> NoReturn:
    raise ValueError(name)


def _parse_float(text: str) -> float:
    """Out of range, Python would write ``Infinity``, which is not JSON."""
    value = float(text)
    return _refuse_number(text) if value in (inf, -inf) else value


def _check_tree(root: dict[str, Any], path: str) -> None:
    level: list[Any] = [root]
    for _ in range(MAX_DEPTH):
        nested = [value.values() if isinstance(value, dict) else value for value in level]
        level = [child for children in nested for child in children if isinstance(child, dict | list)]
    if level:
        raise _refuse(path, f"is nested deeper than {MAX_DEPTH} levels")
    try:
        json.dumps(root, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _refuse(path, "holds a lone surrogate, which is not a character") from None


def _check_version(version: Any, path: str) -> None:
    if version == STORE_VERSION and not isinstance(version, bool):
        return
    if isinstance(version, int | float) and not isinstance(version, bool) and version > STORE_VERSION:
        raise StoreError(
            f"the credential store {path} has version {version}; this release knows version {STORE_VERSION}",
            hint="upgrade text2llm; the store stays as it is",
        )
    raise _refuse(path, "has a `version` that this release does not know")


def _parse_map(root: Mapping[str, Any], key: str, path: str) -> dict[str, Any]:
    value = root.get(key, {})
    if not isinstance(value, dict):
        raise _refuse(path, f"is not a credential store: `{key}` is not an object")
    return value


def _parse_order(provider: str, ids: Any, path: str) -> tuple[str, ...]:
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise _refuse(path, f"has an `order` for {provider!r} that is not a list of profile ids")
    return tuple(ids)


def parse_profile(name: str, entry: Any, path: str) -> AuthProfile:
    """Parse a stored profile; also used for new profiles.

    Raises:
        StoreError: a field has the wrong shape.
    """
    if not isinstance(entry, dict):
        raise _refuse(path, f"has a profile {name!r} that is not an object")
    provider, kind, email = entry.get("provider"), entry.get("type"), entry.get("email")
    if not isinstance(provider, str) or not provider.strip():
        raise _refuse(path, f"has a profile {name!r} without a `provider`")
    if not isinstance(kind, str):
        raise _refuse(path, f"has a profile {name!r} without a `type`")
    return AuthProfile(
        id=name,
        provider=provider.strip().lower(),
        type=kind,
        email=email if isinstance(email, str) else None,
        credential=_parse_credential(name, kind, entry, path),
        raw=entry,
    )


def _parse_credential(name: str, kind: str, entry: dict[str, Any], path: str) -> Credential | None:
    def secret(key: str) -> SecretValue:
        # The reference system keeps a reference beside the value: keyRef, tokenRef.
        written = entry.get(key)
        found = entry.get(f"{key}Ref") if written is None else written
        return _parse_secret(found, f"the profile {name!r} has a `{key}`", path)

    match kind:
        case "api_key":
            return ApiKey(secret("key"))
        case "token":
            return Token(secret("token"), _parse_time(entry.get("expires")))
        case "oauth":
            extras = {key: value for key, value in entry.items() if key not in _OAUTH_FIELDS}
            refresh = secret("refresh") or None
            return OAuth(secret("access"), refresh, _parse_time(entry.get("expires")), extras)
        case _:
            return None


def _parse_secret(value: Any, what: str, path: str) -> SecretValue:
    """A secret or a reference to one; a missing one is an empty :class:`Secret`."""
    match value:
        case None:
            return Secret("")
        case str():
            return Secret(value.strip())
        case {"source": "exec", "provider": str(provider), "id": str(name)} if name.strip() and provider.strip():
            return _parse_ref(RefSource.EXEC, name, what, path, provider)
        case {"source": "env" | "file" | "keyring" as source, "id": str(name)} if name.strip():
            return _parse_ref(RefSource(source), name, what, path)
    raise _refuse(path, f"cannot be used: {what} that is neither a text nor {{source: env|file|keyring|exec, id}}")


def _parse_ref(source: RefSource, name: str, what: str, path: str, provider: str = "") -> SecretRef:
    """A reference. Its ``id`` is printed, so it must not be a secret itself."""
    from text2llm.redaction.forms import Forms  # most stores have no references

    if (source is RefSource.ENV and not (name.isascii() and name.isidentifier())) or Forms().find(name):
        raise _refuse(path, f"cannot be used: {what} whose `id` is not a name, but perhaps the secret itself")
    return SecretRef(source, name, provider)


def _parse_text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _parse_time(value: Any) -> int | None:
    # The reference system uses zero or less for "unknown".
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _MAX_TIME:
        return None
    return int(value)


def parse_stats(value: Any) -> UsageStats:
    """Parse an entry of ``usageStats``; invalid fields are ignored."""
    entry = value if isinstance(value, dict) else {}
    return UsageStats(
        last_used=_parse_time(entry.get("lastUsed")),
        cooldown_until=_parse_time(entry.get("cooldownUntil")),
        disabled_until=_parse_time(entry.get("disabledUntil")),
        cooldown_reason=_parse_text(entry.get("cooldownReason")),
        cooldown_model=_parse_text(entry.get("cooldownModel")),
        disabled_reason=_parse_text(entry.get("disabledReason")),
        refresh_failed_at=_parse_time(entry.get("refreshFailedAt")),
        raw=value,
    )


def _refuse(path: str, problem: str) -> StoreError:
    return StoreError(f"the credential store {path} {problem}", hint=_HINT)
