"""The usage of credentials: reads references, plans requests, and uses the cache before the providers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from text2llm.auth.credentials import AuthStore
from text2llm.auth.reading import Reading
from text2llm.auth.secret_refs import read_refs
from text2llm.auth.sources import Effective
from text2llm.providers.endpoints import UsageEndpoint
from text2llm.secret import RefSource, Secret
from text2llm.storage.places import find_places
from text2llm.upstream.access import find_access
from text2llm.usage.cache import find_key, keep, read_cache, restore, write_cache
from text2llm.usage.fetch import NOT_SENT_ERRORS, fetch_usage
from text2llm.usage.parse import UsageSnapshot
from text2llm.usage.plan import UsageQuery, plan_query

CACHE_NAME = "usage.json"


def ask_usage(
    credentials: Sequence[Effective], endpoints: Mapping[str, UsageEndpoint], view: Reading, *, keyring: bool
) -> tuple[UsageSnapshot, ...]:
    """The usage of the credentials, after those whose secret cannot be read.

    It omits credentials whose config sends them elsewhere and, without ``keyring``, those stored there: a system may
    prompt the user to unlock it.

    Raises:
        SettingsError: the proxy or certificates in the settings cannot be used.
    """
    queries: list[UsageQuery] = []
    unread: list[UsageSnapshot] = []
    for credential in credentials:
        resolved = _resolve(credential, view, keyring=keyring)
        if isinstance(resolved, Effective):
            access = find_access(resolved.provider, view, None).using(resolved)
            queries += filter(None, (plan_query(access, endpoints[resolved.provider]),))
        elif resolved is not None:
            unread.append(UsageSnapshot(credential.provider, credential.label, view.now, error=resolved))
    return (*unread, *_fetch(queries, view))


def _resolve(credential: Effective, view: Reading, *, keyring: bool) -> Effective | str | None:
    """The credential with its secret, or an error text; ``None`` if it must not be read."""
    ref = credential.ref
    if credential.secret is not None or ref is None:
        return credential
    if ref.source is RefSource.EXEC or (ref.source is RefSource.KEYRING and not keyring):
        return None
    assert credential.profile_id is not None
    profile = view.store.profiles[credential.profile_id]
    value = read_refs(AuthStore(profiles={profile.id: profile}), view.environ)[ref]
    return credential._replace(secret=value) if isinstance(value, Secret) else f"its secret cannot be read: {value}"


def _fetch(queries: Sequence[UsageQuery], view: Reading) -> tuple[UsageSnapshot, ...]:
    path = os.path.join(find_places(view.environ).cache, CACHE_NAME)
    cached = read_cache(path, view.now)
    keys = {find_key(query): query for query in queries}
    missing = [query for key, query in keys.items() if key not in cached]
    fetched: dict[str, UsageSnapshot] = {}
    if missing:
        snapshots = fetch_usage(missing, view.trust, view.settings.network, view.now)
        fetched = dict(zip(map(find_key, missing), snapshots, strict=True))
        # A refusal is not cached: the user may grant the origin meanwhile.
        new = {key: keep(snapshot) for key, snapshot in fetched.items() if snapshot.error not in NOT_SENT_ERRORS}
        if new:
            write_cache(path, {**cached, **new})
    return tuple(fetched[key] if key in fetched else restore(query, cached[key]) for key, query in keys.items())
