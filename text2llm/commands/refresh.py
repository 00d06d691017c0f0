"""Asking the providers which models they have, and keeping what they tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from text2llm.auth.reading import Reading
from text2llm.catalog.cache import Listing, read_listings, write_listings
from text2llm.listing.fetch import Fetched, fetch_listings
from text2llm.listing.kept import cache_path
from text2llm.listing.plan import ListingQuery, plan_listing
from text2llm.providers.listings import load_listings
from text2llm.status.credentials import list_credentials, providers_in_use
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.workspace import Workspace

#: Why a provider that nobody named is simply not asked.
_ABSENT = frozenset({Reason.MISSING_CREDENTIAL, Reason.ENDPOINT_NOT_FOUND, Reason.UNCLASSIFIED})


class Outcome(Enum):
    """What came of the renewal of a listing. ``SKIPPED``: there is nobody to ask, or nothing to ask with."""

    RENEWED = "renewed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Renewal:
    """What came of one provider. ``listing`` is what the cache holds now, ``verdict`` why that is not new."""

    provider: str
    outcome: Outcome
    listing: Listing | None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """The providers to ask, as people write them; none for those in view: used, configured, stored, with a key."""

    providers: tuple[str, ...] = ()


def run(workspace: Workspace, request: RefreshRequest) -> tuple[Renewal, ...]:
    """Renew the listings.

    Raises:
        UsageError: there is no such provider.
        InvalidConfigError: the configuration has findings.
        StoreError: the store cannot be used.
        SettingsError: the user's settings cannot be used.
        TrustedOriginsError: the environment's grants cannot be read.
        WriteError: the cache cannot be written.
    """
    named = tuple(dict.fromkeys(map(workspace.find_provider, request.providers)))
    view, in_view = open_view(workspace)
    return _refresh(named or in_view, view, named=bool(named))


def open_view(workspace: Workspace) -> tuple[Reading, tuple[str, ...]]:
    """What decides about credentials, with the values that are kept in files and the keyring; and who is in view."""
    view, resolver = workspace.read(secrets=True), workspace.meaning.resolver
    configured = {resolver.resolve_name(name).ref.provider for name in workspace.config.models}
    in_use = configured | providers_in_use(resolver, None)
    return view, tuple(each.provider for each in list_credentials(view, in_use))


def _refresh(providers: Iterable[str], view: Reading, *, named: bool) -> tuple[Renewal, ...]:
    """Ask providers (canonical ids) for their models and keep what they tell; ``named``: a person asked for these.

    Raises:
        SettingsError: the proxy or the certificates that the settings want cannot be used.
        WriteError: the cache cannot be written.
    """
    endpoints = load_listings(view.registry)
    plans = {name: plan_listing(name, view, endpoints) for name in providers}
    queries = {name: plan for name, plan in plans.items() if isinstance(plan, ListingQuery)}
    fetched = fetch_listings(tuple(queries.values()), view.trust, view.settings.network)
    told = {each.provider: each for each in fetched}
    fresh = {name: each for name in told for each in _keep(queries[name], told[name], view.now)}
    path = cache_path(view)
    if fresh:
        write_listings(path, fresh.values())
    kept = read_listings(path, {name: str(query.place.sister) for name, query in queries.items()})
    return tuple(_sum_up(name, plans[name], told.get(name), fresh.get(name) or kept.get(name), named) for name in plans)


def _keep(query: ListingQuery, told: Fetched, now: int) -> Iterator[Listing]:
    if not isinstance(told.found, Verdict):
        facts = {model: listed.facts for model, listed in told.found.items()}
        yield Listing(query.provider, str(query.place.sister), now, facts)


def _sum_up(
    name: str,
    plan: ListingQuery | Verdict,
    told: Fetched | None,
    listing: Listing | None,
    named: bool,  # noqa: FBT001 - see `_refresh`
) -> Renewal:
    if isinstance(plan, Verdict):
        skipped = not named and plan.reason in _ABSENT
        return Renewal(name, Outcome.SKIPPED if skipped else Outcome.FAILED, listing, plan)
    assert told is not None
    if isinstance(told.found, Verdict):
        return Renewal(name, Outcome.FAILED, listing, told.found)
    return Renewal(name, Outcome.RENEWED, listing)
