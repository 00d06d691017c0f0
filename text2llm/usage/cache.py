"""What usage endpoints told less than a minute ago, failures included: a script that loops asks nobody in a loop.

The file holds no secret: an entry is found by a hash of who was asked, for which credential, and its fingerprint. It is
replaced whole and treated as untrusted; losing it costs requests and nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from text2llm.errors import WriteError
from text2llm.net.json_body import parse_json
from text2llm.storage.reading import read_cache_file
from text2llm.usage.parse import END_OF_TIME, MAX_PERCENT
from text2llm.usage.plan import UsageQuery
from text2llm.usage.snapshot import UsageSnapshot, UsageWindow

#: How long an answer counts, in milliseconds.
LIFETIME = 60_000
_VERSION = 1
_MAX_BYTES = 64 * 1024


class Kept(NamedTuple):
    """What is known of a credential: a snapshot without the names."""

    taken_at: int
    windows: tuple[UsageWindow, ...]
    plan: str | None
    error: str | None


def find_key(query: UsageQuery) -> str:
    """Under what an answer is kept: other with every endpoint and every renewal of a token."""
    import hashlib

    fingerprint = query.credential.credential.secret.fingerprint()
    parts = (query.provider, query.label, str(query.request.origin), query.request.path, fingerprint)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def keep(snapshot: UsageSnapshot) -> Kept:
    """What of a snapshot is kept."""
    return Kept(snapshot.taken_at, snapshot.windows, snapshot.plan, snapshot.error)


def restore(query: UsageQuery, kept: Kept) -> UsageSnapshot:
    """The snapshot that was kept for a query."""
    return UsageSnapshot(query.provider, query.label, *kept)


def read_cache(path: str, now: int) -> dict[str, Kept]:
    """What is kept at ``path`` and still counts at ``now``, by key; nothing where the file cannot be used."""
    body = parse_json(read_cache_file(path, _MAX_BYTES))
    if not isinstance(body, dict) or body.get("version") != _VERSION or not isinstance(body.get("entries"), dict):
        return {}
    read = {key: _read_entry(entry) for key, entry in body["entries"].items()}
    return {key: kept for key, kept in read.items() if kept is not None and 0 <= now - kept.taken_at < LIFETIME}


def _read_entry(entry: Any) -> Kept | None:
    match entry:
        case {"takenAt": int(taken_at), "windows": list(listed), "plan": str() | None, "error": str() | None}:
            windows = tuple(_read_windows(listed))
            return Kept(taken_at, windows, entry["plan"], entry["error"]) if len(windows) == len(listed) else None
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


def write_cache(path: str, entries: Mapping[str, Kept]) -> None:
    """Put ``entries`` in place of what is kept, readable by the user alone."""
    from text2llm.storage.atomic import replace_file

    told = {
        key: {"takenAt": kept.taken_at, "windows": kept.windows, "plan": kept.plan, "error": kept.error}
        for key, kept in entries.items()
    }
    data = json.dumps({"version": _VERSION, "entries": told}).encode()
    # A disk that is full or read-only takes nothing from the user but the minute. Without a lock, the last one wins.
    with suppress(OSError, WriteError):
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        replace_file(path, data, mode=0o600)
