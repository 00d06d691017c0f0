"""Ask usage endpoints: all at once, each once, within one deadline. What goes wrong is a snapshot's ``error``."""

from __future__ import annotations

import time
from collections.abc import Sequence

from text2llm.net.json_body import MAX_JSON_BYTES, parse_json
from text2llm.net.message import NOT_SENT, Failure, FailureKind, Response
from text2llm.settings.model import NetworkSettings
from text2llm.trust.bindings import Trust
from text2llm.usage.parse import parse_usage
from text2llm.usage.plan import UsageQuery
from text2llm.usage.snapshot import UsageSnapshot

#: Seconds for all requests together: who looks at a status does not wait longer for an extra.
TIME_LIMIT = 3.5
_OK = 200
_NOT_UNDERSTOOD = "not understood"
#: By kind of failure, an error in our words.
_ERRORS = {
    FailureKind.CONNECT: "not in time",
    FailureKind.DEADLINE: "not in time",
    FailureKind.TLS: "no trusted TLS connection",
    FailureKind.NETWORK: "not reached",
    FailureKind.HOST_NOT_FOUND: "host not found",
    FailureKind.INVALID_RESPONSE: _NOT_UNDERSTOOD,
    FailureKind.UNTRUSTED_ORIGIN: "not asked: the credential is not bound to the endpoint's origin",
    FailureKind.UNSENDABLE_CREDENTIAL: "not asked: no header can carry the credential",
    FailureKind.UNSENDABLE_REQUEST: "not asked: the endpoint's request cannot be sent",
}
#: The errors after which not one byte has left.
NOT_ASKED = frozenset(_ERRORS[kind] for kind in NOT_SENT)


def fetch_usage(
    queries: Sequence[UsageQuery], trust: Trust, network: NetworkSettings, now: int
) -> tuple[UsageSnapshot, ...]:
    """What the endpoints tell at the moment ``now`` (milliseconds since the epoch), in the order of the queries.

    Raises:
        SettingsError: the proxy or the certificates that the settings want cannot be used.
    """
    import asyncio

    from text2llm.net.client import Client, create_tls_context
    from text2llm.net.loop import run_async

    ends = time.monotonic() + TIME_LIMIT
    context = create_tls_context(network)

    async def ask(query: UsageQuery, client: Client) -> UsageSnapshot:
        left = ends - time.monotonic()
        answer = await client.send(
            query.request, credentials=(query.credential,), deadline=left, max_body=MAX_JSON_BYTES
        )
        return judge_usage(query, answer, now)

    async def ask_all() -> list[UsageSnapshot]:
        client = Client(trust, context, network)
        return await asyncio.gather(*(ask(query, client) for query in queries))

    return tuple(run_async(ask_all()))


def judge_usage(query: UsageQuery, answer: Response | Failure, now: int) -> UsageSnapshot:
    """What an answer tells. Pure: nothing that a server wrote but numbers, moments and the name of a plan."""
    usage, error = None, None
    if isinstance(answer, Failure):
        error = _ERRORS[answer.kind]
    elif answer.status != _OK:
        error = f"HTTP {answer.status}"
    else:
        usage = parse_usage(query.answer, parse_json(answer.body))
    if usage is None:
        return UsageSnapshot(query.provider, query.label, now, error=error or _NOT_UNDERSTOOD)
    return UsageSnapshot(query.provider, query.label, now, usage.windows, usage.plan)
