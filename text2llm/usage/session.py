"""The usage of credentials in one call: references read, requests planned, the cache asked, then the providers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from text2llm.auth.credentials import AuthStore
from text2llm.auth.secret_refs import read_refs
from text2llm.auth.sources import CredentialView, Effective
from text2llm.providers.usage import UsageEndpoint
from text2llm.secret import RefSource, Secret
from text2llm.settings.binding import gather_trust
from text2llm.settings.model import Settings
from text2llm.storage.places import find_places
from text2llm.usage.cache import Kept, find_key, keep, read_cache, restore, write_cache
from text2llm.usage.fetch import NOT_ASKED, fetch_usage
from text2llm.usage.plan import UsageQuery, plan_query
from text2llm.usage.snapshot import UsageSnapshot

CACHE_NAME = "usage.json"


def ask_usage(
    credentials: Sequence[Effective],
    endpoints: Mapping[str, UsageEndpoint],
    view: CredentialView,
    settings: Settings,
    *,
    keyring: bool,
) -> tuple[UsageSnapshot, ...]:
    """What is told of the credentials, after those whose secret cannot be read.

    Nothing is told of those whose config sends them elsewhere; nor, without ``keyring``, of those that are kept there:
    a system may ask a person to unlock it.

    Raises:
        TrustedOriginsError: the environment's grants cannot be read.
        SettingsError: the proxy or the certificates that the settings want cannot be used.
    """
    queries: list[UsageQuery] = []
    unread: list[UsageSnapshot] = []
    for credential in credentials:
        found = _resolve(credential, view, keyring=keyring)
        if isinstance(found, Effective):
            queries += _plan(found, endpoints[found.provider], view)
        elif found is not None:
            unread.append(UsageSnapshot(credential.provider, credential.label, view.now, error=found))
    return (*unread, *_ask(queries, view, settings))


def _resolve(credential: Effective, view: CredentialView, *, keyring: bool) -> Effective | str | None:
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


def _plan(credential: Effective, endpoint: UsageEndpoint, view: CredentialView) -> Iterator[UsageQuery]:
    provider, custom = view.registry.get(credential.provider), view.customs.get(credential.provider)
    origins = () if provider is None else provider.origins
    query = plan_query(credential, endpoint, None if custom is None else custom.base_url, origins)
    if query is not None:
        yield query


def _ask(queries: Sequence[UsageQuery], view: CredentialView, settings: Settings) -> tuple[UsageSnapshot, ...]:
    path = os.path.join(find_places(view.environ).cache, CACHE_NAME)
    kept = read_cache(path, view.now)
    keys = {find_key(query): query for query in queries}
    missing = [query for key, query in keys.items() if key not in kept]
    asked: dict[str, UsageSnapshot] = {}
    if missing:
        trust = gather_trust(view.registry, settings, view.environ)
        fetched = fetch_usage(missing, trust, settings.network, view.now)
        asked = dict(zip(map(find_key, missing), fetched, strict=True))
        _keep(path, kept, asked)
    return tuple(asked[key] if key in asked else restore(query, kept[key]) for key, query in keys.items())


def _keep(path: str, kept: Mapping[str, Kept], asked: Mapping[str, UsageSnapshot]) -> None:
    # What was refused here is decided anew each time: a person may have granted it meanwhile.
    told = {key: keep(each) for key, each in asked.items() if each.error not in NOT_ASKED}
    if told:
        write_cache(path, {**kept, **told})
