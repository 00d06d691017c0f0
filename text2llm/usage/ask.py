"""The usage of credentials in one call: references read, requests planned, the cache asked, then the providers."""

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
from text2llm.usage.cache import Kept, find_key, keep, read_cache, restore, write_cache
from text2llm.usage.fetch import NOT_ASKED, fetch_usage
from text2llm.usage.plan import UsageQuery, plan_query
from text2llm.usage.snapshot import UsageSnapshot

CACHE_NAME = "usage.json"


def ask_usage(
    credentials: Sequence[Effective],
    endpoints: Mapping[str, UsageEndpoint],
    view: Reading,
    *,
    keyring: bool,
) -> tuple[UsageSnapshot, ...]:
    """What is told of the credentials, after those whose secret cannot be read.

    Nothing is told of those whose config sends them elsewhere; nor, without ``keyring``, of those that are kept there:
    a system may ask a person to unlock it.

    Raises:
        SettingsError: the proxy or the certificates that the settings want cannot be used.
    """
    queries: list[UsageQuery] = []
    unread: list[UsageSnapshot] = []
    for credential in credentials:
        found = _resolve(credential, view, keyring=keyring)
        if isinstance(found, Effective):
            access = find_access(found.provider, view).using(found)
            queries += filter(None, (plan_query(access, endpoints[found.provider]),))
        elif found is not None:
            unread.append(UsageSnapshot(credential.provider, credential.label, view.now, error=found))
    return (*unread, *_ask(queries, view))


def _resolve(credential: Effective, view: Reading, *, keyring: bool) -> Effective | str | None:
    """The credential with its secret; a text that says why it has none; ``None`` when it is not to be read."""
    ref = credential.ref
    if credential.secret is not None or ref is None:
        return credential
    if ref.source is RefSource.KEYRING and not keyring:
        return None
    assert credential.profile_id is not None
    profile = view.store.profiles[credential.profile_id]
    value = read_refs(AuthStore(profiles={profile.id: profile}), view.environ)[ref]
    return credential._replace(secret=value) if isinstance(value, Secret) else f"its secret cannot be read: {value}"


def _ask(queries: Sequence[UsageQuery], view: Reading) -> tuple[UsageSnapshot, ...]:
    path = os.path.join(find_places(view.environ).cache, CACHE_NAME)
    kept = read_cache(path, view.now)
    keys = {find_key(query): query for query in queries}
    missing = [query for key, query in keys.items() if key not in kept]
    asked: dict[str, UsageSnapshot] = {}
    if missing:
        fetched = fetch_usage(missing, view.trust, view.settings.network, view.now)
        asked = dict(zip(map(find_key, missing), fetched, strict=True))
        _keep(path, kept, asked)
    return tuple(asked[key] if key in asked else restore(query, kept[key]) for key, query in keys.items())


def _keep(path: str, kept: Mapping[str, Kept], asked: Mapping[str, UsageSnapshot]) -> None:
    # What was refused here is decided anew each time: a person may have granted it meanwhile.
    told = {key: keep(each) for key, each in asked.items() if each.error not in NOT_ASKED}
    if told:
        write_cache(path, {**kept, **told})
