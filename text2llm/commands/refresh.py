"""Fetching the providers' model lists, and caching them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from text2llm.auth.reading import Reading
from text2llm.catalog.cache import Listing, read_listings, write_listings
from text2llm.listing.fetch import FetchedListing, fetch_listings
from text2llm.listing.plan import ListingQuery, cache_path, plan_listing
from text2llm.providers.endpoints import load_listings
from text2llm.status.credentials import providers_in_use
from text2llm.status.summary import find_providers
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.workspace import Workspace

#: Why a provider that was not named is skipped.
_ABSENT = frozenset({Reason.MISSING_CREDENTIAL, Reason.ENDPOINT_NOT_FOUND, Reason.UNCLASSIFIED})


class Outcome(Enum):
    """The outcome of renewing a listing. ``SKIPPED``: no endpoint, or no credential."""

    RENEWED = "renewed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Renewal:
    """The outcome for one provider. ``listing`` is what the cache holds now, ``verdict`` why that is not new."""

    provider: str
    outcome: Outcome
    listing: Listing | None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """The providers to ask, in any spelling; none for those in view: used, configured, stored, with a key."""

    providers: tuple[str, ...] = ()


def run(workspace: Workspace, request: RefreshRequest) -> tuple[Renewal, ...]:
    named = tuple(dict.fromkeys(map(workspace.find_provider, request.providers)))
    view, in_view = open_view(workspace)
    return _refresh(named or in_view, view, named=bool(named))


def open_view(workspace: Workspace) -> tuple[Reading, tuple[str, ...]]:
    """The inputs of credential choice, with secrets from files and the keyring; and the providers in view."""
    view = workspace.read(secrets=True)
    return view, tuple(find_providers(view, providers_in_use(view.resolver, None)))


def _refresh(providers: Iterable[str], view: Reading, *, named: bool) -> tuple[Renewal, ...]:
    """Fetch and cache the model lists of providers (canonical ids); ``named``: by the request."""
    endpoints = load_listings(view.registry)
    plans = {name: plan_listing(name, view, endpoints) for name in providers}
    queries = {name: plan for name, plan in plans.items() if isinstance(plan, ListingQuery)}
    fetched = fetch_listings(tuple(queries.values()), view.trust, view.settings.network)
    fetched_by_id = {each.provider: each for each in fetched}
    fresh = {name: each for name in fetched_by_id for each in _keep(queries[name], fetched_by_id[name], view.now)}
    path = cache_path(view)
    if fresh:
        write_listings(path, fresh.values())
    kept = read_listings(path, {name: str(query.place.sibling) for name, query in queries.items()})
    return tuple(
        _sum_up(name, plans[name], fetched_by_id.get(name), fresh.get(name) or kept.get(name), named) for name in plans
    )


def _keep(query: ListingQuery, fetched: FetchedListing, now: int) -> Iterator[Listing]:
    if not isinstance(fetched.models, Verdict):
        facts = {model: listed.facts for model, listed in fetched.models.items()}
        yield Listing(query.provider, str(query.place.sibling), now, facts)


def _sum_up(
    name: str,
    plan: ListingQuery | Verdict,
    fetched: FetchedListing | None,
    listing: Listing | None,
    named: bool,  # noqa: FBT001 - see `_refresh`
) -> Renewal:
    if isinstance(plan, Verdict):
        skipped = not named and plan.reason in _ABSENT
        return Renewal(name, Outcome.SKIPPED if skipped else Outcome.FAILED, listing, plan)
    assert fetched is not None
    if isinstance(fetched.models, Verdict):
        return Renewal(name, Outcome.FAILED, listing, fetched.models)
    return Renewal(name, Outcome.RENEWED, listing)
