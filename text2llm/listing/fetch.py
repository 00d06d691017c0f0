"""Ask for listings: all at once, page by page, each under one deadline. Failures are returned as values."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from text2llm.auth.reading import Reading
from text2llm.listing.parse import MAX_BYTES, MAX_MODELS, Listed, Unreadable, parse_page
from text2llm.listing.plan import ListingQuery, plan_listing
from text2llm.net.message import Failure, Response
from text2llm.providers.endpoints import load_listings
from text2llm.settings.model import NetworkSettings
from text2llm.trust.bindings import Trust
from text2llm.upstream.judge import HINTS, judge_error, judge_failure
from text2llm.upstream.verdict import Reason, Status, Verdict

if TYPE_CHECKING:
    import asyncio

    from text2llm.net.client import Client

#: Seconds for a listing, all its pages together.
TIME_LIMIT = 20.0
_MAX_PAGES = 20
#: How many are asked at the same time: an answer may have some megabytes.
_CONCURRENCY = 6
_OK = 200


class Fetched(NamedTuple):
    """The models of a provider by id, or in their place why there are none."""

    provider: str
    found: Mapping[str, Listed] | Verdict


def fetch_listings(
    queries: Sequence[ListingQuery], trust: Trust, network: NetworkSettings, time_limit: float = TIME_LIMIT
) -> tuple[Fetched, ...]:
    """What the providers list, in the order of the queries. ``time_limit`` is that of each, in seconds.

    Raises:
        SettingsError: the proxy or the certificates that the settings want cannot be used.
    """
    if not queries:
        return ()
    import asyncio

    from text2llm.net.client import Client, create_tls_context
    from text2llm.net.loop import run_async

    context = create_tls_context(network)

    async def ask(query: ListingQuery, client: Client, slots: asyncio.Semaphore) -> Fetched:
        async with slots:
            return Fetched(query.provider, await _fetch(query, client, time_limit))

    async def ask_all() -> list[Fetched]:
        client, slots = Client(trust, context, network), asyncio.Semaphore(_CONCURRENCY)
        return await asyncio.gather(*(ask(query, client, slots) for query in queries))

    return tuple(run_async(ask_all()))


async def _fetch(query: ListingQuery, client: Client, time_limit: float) -> Mapping[str, Listed] | Verdict:
    ends = time.monotonic() + time_limit
    models: dict[str, Listed] = {}
    cursor: str | None = None
    for _ in range(_MAX_PAGES):
        answer = await client.send(
            query.build_request(cursor),
            credentials=() if query.place.public else query.access.secrets,
            deadline=ends - time.monotonic(),
            max_body=MAX_BYTES,
            place=query.access.place,
        )
        if isinstance(answer, Failure):
            return judge_failure(answer)
        if answer.status != _OK:
            return _judge_error(query, answer)
        page = parse_page(query.place.shape, answer.body)
        if isinstance(page, Unreadable):
            return _refuse(page.reason)
        models = {**page.models, **models}
        if page.cursor is None:
            return models
        cursor = page.cursor
        if len(models) > MAX_MODELS:
            break
    return _refuse("the list does not end")


def _judge_error(query: ListingQuery, answer: Response) -> Verdict:
    """What an error says. No model was asked for: what a path does not know says nothing about one."""
    verdict = judge_error(query.provider, query.access.address.api, answer)
    if verdict.status is not Status.NO_MODEL:
        return verdict
    return Verdict(Reason.ENDPOINT_NOT_FOUND, verdict.error, HINTS[Reason.ENDPOINT_NOT_FOUND], verdict.said)


def _refuse(reason: str) -> Verdict:
    return Verdict(Reason.INVALID_RESPONSE, f"HTTP {_OK}: {reason}", HINTS[Reason.INVALID_RESPONSE])


def fetch_models(provider: str, view: Reading, time_limit: float = TIME_LIMIT) -> Mapping[str, Listed] | Verdict:
    """What one provider (a canonical id) lists now, or why that is not known; nothing is kept.

    Raises:
        SettingsError: the proxy or the certificates that the settings want cannot be used.
    """
    plan = plan_listing(provider, view, load_listings(view.registry))
    if isinstance(plan, Verdict):
        return plan
    (told,) = fetch_listings((plan,), view.trust, view.settings.network, time_limit)
    return told.found
