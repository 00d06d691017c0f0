"""Fetch usage: one concurrent request per endpoint, with one deadline. Failures are a snapshot's ``error``."""

from __future__ import annotations

import time
from collections.abc import Sequence

from text2llm.net.json_body import MAX_JSON_BYTES, parse_json
from text2llm.net.message import NOT_SENT, Failure, FailureKind, Response
from text2llm.settings.model import NetworkSettings
from text2llm.trust.bindings import Trust
from text2llm.usage.parse import UsageSnapshot, parse_usage
from text2llm.usage.plan import UsageQuery

#: Seconds for all requests: a status must not wait longer for an extra.
TIME_LIMIT = 3.5
_OK = 200
_INVALID = "invalid response"
#: The error of each failure, in our words.
_ERRORS = {
    FailureKind.CONNECT: "timed out",
    FailureKind.DEADLINE: "timed out",
    FailureKind.TLS: "TLS connection not trusted",
    FailureKind.NETWORK: "connection failed",
    FailureKind.HOST_NOT_FOUND: "host not found",
    FailureKind.REFUSED: "connection refused",
    FailureKind.INVALID_RESPONSE: _INVALID,
    FailureKind.UNTRUSTED_ORIGIN: "not sent: the credential is not bound to the endpoint's origin",
    FailureKind.UNSENDABLE_CREDENTIAL: "not sent: the credential is not a valid header value",
    FailureKind.UNSENDABLE_REQUEST: "not sent: the endpoint's request is invalid",
}
#: The errors without any byte sent.
NOT_SENT_ERRORS = frozenset(_ERRORS[kind] for kind in NOT_SENT)


def fetch_usage(
    queries: Sequence[UsageQuery], trust: Trust, network: NetworkSettings, now: int
) -> tuple[UsageSnapshot, ...]:
    """The usage at ``now`` (milliseconds since the epoch), in the order of the queries.

    Raises:
        SettingsError: the proxy or certificates in the settings cannot be used.
    """
    import asyncio

    from text2llm.net.client import Client, create_tls_context
    from text2llm.net.loop import run_async

    ends = time.monotonic() + TIME_LIMIT
    context = create_tls_context(network)

    async def fetch(query: UsageQuery, client: Client) -> UsageSnapshot:
        left = ends - time.monotonic()
        response = await client.send(
            query.request, credentials=(query.credential,), deadline=left, max_body=MAX_JSON_BYTES
        )
        return judge_usage(query, response, now)

    async def fetch_all() -> list[UsageSnapshot]:
        client = Client(trust, context, network)
        return await asyncio.gather(*(fetch(query, client) for query in queries))

    return tuple(run_async(fetch_all()))


def judge_usage(query: UsageQuery, response: Response | Failure, now: int) -> UsageSnapshot:
    """The usage in a response. Pure; of the server's text it contains only numbers, times and the plan's name."""
    usage, error = None, None
    if isinstance(response, Failure):
        error = _ERRORS[response.kind]
    elif response.status != _OK:
        error = f"HTTP {response.status}"
    else:
        usage = parse_usage(query.answer, parse_json(response.body))
    if usage is None:
        return UsageSnapshot(query.provider, query.label, now, error=error or _INVALID)
    return UsageSnapshot(query.provider, query.label, now, usage.windows, usage.plan)
