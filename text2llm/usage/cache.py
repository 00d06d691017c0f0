"""The usage of the last minute, failures included, so that a script in a loop does not repeat the requests.

The file has no secret: the key of an entry is a hash of the endpoint, the credential's name and its fingerprint. It is
replaced as a whole and treated as untrusted; losing it only costs requests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from text2llm.errors import WriteError
from text2llm.net.json_body import parse_json
from text2llm.storage.reading import read_cache_file
from text2llm.usage.parse import END_OF_TIME, MAX_PERCENT, UsageSnapshot, UsageWindow
from text2llm.usage.plan import UsageQuery

#: Milliseconds.
LIFETIME = 60_000
_VERSION = 1
_MAX_BYTES = 64 * 1024


class CachedUsage(NamedTuple):
    """A snapshot without the names of provider and credential."""

    taken_at: int
    windows: tuple[UsageWindow, ...]
    plan: str | None
    error: str | None


def find_key(query: UsageQuery) -> str:
    """The key of a query: it changes with the endpoint and when a token is refreshed."""
    import hashlib

    fingerprint = query.credential.credential.secret.fingerprint()
    parts = (query.provider, query.label, str(query.request.origin), query.request.path, fingerprint)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def keep(snapshot: UsageSnapshot) -> CachedUsage:
    return CachedUsage(snapshot.taken_at, snapshot.windows, snapshot.plan, snapshot.error)


def restore(query: UsageQuery, kept: CachedUsage) -> UsageSnapshot:
    return UsageSnapshot(query.provider, query.label, *kept)


def read_cache(path: str, now: int) -> dict[str, CachedUsage]:
    """The entries at ``path`` that are still valid at ``now``, by key; empty if the file is unusable."""
    body = parse_json(read_cache_file(path, _MAX_BYTES))
    if not isinstance(body, dict) or body.get("version") != _VERSION or not isinstance(body.get("entries"), dict):
        return {}
    read = {key: _read_entry(entry) for key, entry in body["entries"].items()}
    return {key: kept for key, kept in read.items() if kept is not None and 0 <= now - kept.taken_at < LIFETIME}


def _read_entry(entry: Any) -> CachedUsage | None:
    match entry:
        case {"takenAt": int(taken_at), "windows": list(listed), "plan": str() | None, "error": str() | None}:
            windows = tuple(_read_windows(listed))
            return (
                CachedUsage(taken_at, windows, entry["plan"], entry["error"]) if len(windows) == len(listed) else None
            )
        case _:
            return None


def _read_windows(listed: list[Any]) -> Iterator[UsageWindow]:
    for each in listed:
        match each:
            case [str(label), int(used) | float(used), int(resets_at)] if _is_sane(used, resets_at):
                yield UsageWindow(label, used, resets_at)
            case [str(label), int(used) | float(used), None] if _is_sane(used):
                yield UsageWindow(label, used)
            case _:
                return


def _is_sane(used: float, resets_at: int = 1) -> bool:
    return 0 <= used <= MAX_PERCENT and 0 < resets_at < END_OF_TIME


def write_cache(path: str, entries: Mapping[str, CachedUsage]) -> None:
    """Replace the cache with ``entries``, readable by the user only."""
    from text2llm.storage.atomic import replace_file
    from text2llm.storage.writing import LinkChoice

    written = {
        key: {"takenAt": kept.taken_at, "windows": kept.windows, "plan": kept.plan, "error": kept.error}
        for key, kept in entries.items()
    }
    data = json.dumps({"version": _VERSION, "entries": written}).encode()
    # A full or read-only disk only costs the cache. Without a lock, the last writer wins.
    with suppress(WriteError):
        replace_file(path, data, mode=0o600, follow=LinkChoice.OWN, make=0o700)
