"""Fetch listings concurrently, page by page, each with one deadline. Failures are returned as values."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from text2llm.auth.reading import Reading
from text2llm.listing.parse import MAX_BYTES, MAX_MODELS, ListedModel, Unreadable, parse_page
from text2llm.listing.plan import ListingQuery, plan_listing
from text2llm.net.message import Failure, Response
from text2llm.providers.endpoints import load_listings
from text2llm.settings.model import NetworkSettings
from text2llm.trust.bindings import Trust
from text2llm.upstream.hints import find_hint
from text2llm.upstream.judge import judge_error, judge_failure, reject
from text2llm.upstream.verdict import Reason, Status, Verdict

if TYPE_CHECKING:
    import asyncio

    from text2llm.net.client import Client

#: Seconds for all pages of a listing.
TIME_LIMIT = 20.0
_MAX_PAGES = 20
#: Concurrent requests: a response may have some megabytes.
_CONCURRENCY = 6
_OK = 200


class FetchedListing(NamedTuple):
    """The models of a provider by id, or the verdict if they cannot be fetched."""

    provider: str
    models: Mapping[str, ListedModel] | Verdict


def fetch_listings(
    queries: Sequence[ListingQuery], trust: Trust, network: NetworkSettings, time_limit: float = TIME_LIMIT
) -> tuple[FetchedListing, ...]:
    """The listings, in the order of the queries. ``time_limit`` is in seconds per query.

    Raises:
        SettingsError: the proxy or certificates in the settings cannot be used.
    """
    if not queries:
        return ()
    import asyncio

    from text2llm.net.client import Client, create_tls_context
    from text2llm.net.loop import run_async

    context = create_tls_context(network)

    async def fetch(query: ListingQuery, client: Client, slots: asyncio.Semaphore) -> FetchedListing:
        async with slots:
            return FetchedListing(query.provider, await _fetch(query, client, time_limit))

    async def fetch_all() -> list[FetchedListing]:
        client, slots = Client(trust, context, network), asyncio.Semaphore(_CONCURRENCY)
        return await asyncio.gather(*(fetch(query, client, slots) for query in queries))

    return tuple(run_async(fetch_all()))


async def _fetch(query: ListingQuery, client: Client, time_limit: float) -> Mapping[str, ListedModel] | Verdict:
    ends = time.monotonic() + time_limit
    models: dict[str, ListedModel] = {}
    cursor: str | None = None
    for _ in range(_MAX_PAGES):
        response = await client.send(
            query.build_request(cursor),
            credentials=() if query.place.public else query.access.secrets,
            deadline=ends - time.monotonic(),
            max_body=MAX_BYTES,
            place=query.access.place,
        )
        if isinstance(response, Failure):
            return judge_failure(query.provider, response)
        if response.status != _OK:
            return _judge_error(query, response)
        page = parse_page(query.place.shape, response.body)
        if isinstance(page, Unreadable):
            return reject(query.provider, f"HTTP {_OK}: {page.reason}")
        models = {**page.models, **models}
        if page.cursor is None:
            return models
        cursor = page.cursor
        if len(models) > MAX_MODELS:
            break
    return reject(query.provider, f"HTTP {_OK}: the list does not end")


def _judge_error(query: ListingQuery, response: Response) -> Verdict:
    """The verdict of an error. The request names no model: an unknown path is not an unknown model."""
    verdict = judge_error(query.provider, query.access.address.api, response)
    if verdict.status is not Status.NO_MODEL:
        return verdict
    return Verdict(
        Reason.ENDPOINT_NOT_FOUND, verdict.error, find_hint(Reason.ENDPOINT_NOT_FOUND, query.provider), verdict.said
    )


def fetch_models(provider: str, view: Reading, time_limit: float = TIME_LIMIT) -> Mapping[str, ListedModel] | Verdict:
    """The current listing of one provider (a canonical id), not cached, or the verdict if it cannot be fetched.

    Raises:
        SettingsError: the proxy or certificates in the settings cannot be used.
    """
    plan = plan_listing(provider, view, load_listings(view.registry))
    if isinstance(plan, Verdict):
        return plan
    (listing,) = fetch_listings((plan,), view.trust, view.settings.network, time_limit)
    return listing.models
