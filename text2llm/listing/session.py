"""The renewal of listings in one call: requests planned, providers asked, the cache written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from text2llm.auth.sources import CredentialView
from text2llm.catalog.cache import Listing, read_listings, write_listings
from text2llm.listing.fetch import TIME_LIMIT, Fetched, fetch_listings
from text2llm.listing.kept import cache_path
from text2llm.listing.parse import Listed
from text2llm.listing.plan import ListingQuery, plan_listing
from text2llm.providers.listings import load_listings
from text2llm.upstream.verdict import Reason, Verdict

#: Why a provider that nobody named is simply not asked.
_ABSENT = frozenset({Reason.MISSING_CREDENTIAL, Reason.ENDPOINT_NOT_FOUND, Reason.UNCLASSIFIED})


class Outcome(Enum):
    """What came of the renewal of a listing. ``SKIPPED``: there is nobody to ask, or nothing to ask with."""

    RENEWED = "renewed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Renewal(NamedTuple):
    """What came of one provider. ``listing`` is what the cache holds now, ``verdict`` why that is not new."""

    provider: str
    outcome: Outcome
    listing: Listing | None
    verdict: Verdict | None = None


def refresh_listings(providers: Iterable[str], view: CredentialView, *, named: bool) -> tuple[Renewal, ...]:
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
    named: bool,  # noqa: FBT001 - see `refresh_listings`
) -> Renewal:
    if isinstance(plan, Verdict):
        skipped = not named and plan.reason in _ABSENT
        return Renewal(name, Outcome.SKIPPED if skipped else Outcome.FAILED, listing, plan)
    assert told is not None
    if isinstance(told.found, Verdict):
        return Renewal(name, Outcome.FAILED, listing, told.found)
    return Renewal(name, Outcome.RENEWED, listing)


def fetch_models(provider: str, view: CredentialView, time_limit: float = TIME_LIMIT) -> Mapping[str, Listed] | Verdict:
    """What one provider (a canonical id) lists now, or why that is not known; nothing is kept.

    Raises:
        SettingsError: the proxy or the certificates that the settings want cannot be used.
    """
    plan = plan_listing(provider, view, load_listings(view.registry))
    if isinstance(plan, Verdict):
        return plan
    (told,) = fetch_listings((plan,), view.trust, view.settings.network, time_limit)
    return told.found
