"""Runs probes concurrently, each with its own deadline; none can delay or cancel another."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from text2llm.net.json_body import MAX_JSON_BYTES
from text2llm.net.message import NOT_SENT, Failure, Request, Response
from text2llm.probe.free import FreeCall, judge_free
from text2llm.probe.result import ProbeOptions, ProbeResult, ProbeSubject, ProbeSummary
from text2llm.probe.targets import ProbeTarget
from text2llm.settings.model import NetworkSettings
from text2llm.upstream.adapt import adapt, explain_second
from text2llm.upstream.exchange.identity import Prepared
from text2llm.upstream.judge import find_request_id, judge, read_error
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.upstream.wire import build_completion, find_limit
from text2llm.upstream.wire.shape import CompletionCall
from text2llm.usage.headers import read_limits

if TYPE_CHECKING:
    import asyncio
    import ssl

    from text2llm.net.client import Client
    from text2llm.trust.bindings import Trust
    from text2llm.upstream.exchange.obtain import Identities

#: Called after each result with the number of results so far, the total, and the result.
Progress: TypeAlias = Callable[[int, int, ProbeResult], None]
ProbeCall: TypeAlias = CompletionCall | FreeCall
#: One request's result, and the seconds of its ``Retry-After``.
Attempt: TypeAlias = tuple[ProbeResult, float | None]
#: Seconds between the first requests of a run.
_SPACING = 0.002
_FIRST_PAUSE = 0.5
#: Seconds. A gate does not wait longer, even if a server asks for it.
LONGEST_PAUSE = 20.0
_SECONDS = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,3})?")
_DEFAULT_NETWORK = NetworkSettings()


def run_probes(  # noqa: PLR0913 - three are options of tests and users
    targets: tuple[ProbeTarget, ...],
    options: ProbeOptions,
    trust: Trust,
    *,
    progress: Progress | None = None,
    context: ssl.SSLContext | None = None,
    network: NetworkSettings = _DEFAULT_NETWORK,
) -> ProbeSummary:
    """Probe every target once and return the results in the order of the targets.

    ``context`` overrides the TLS settings of ``network``. Ctrl-C ends the run early, with the results so far.
    """
    started = _now_ms()
    batch = _Batch(targets, options, trust, progress, network)
    interrupted = False
    try:
        interrupted = batch.settle_unsent() and batch.send_all(context)
    except KeyboardInterrupt:  # before the loop ran, or a second one
        interrupted = True
    return ProbeSummary(
        started_at=started,
        finished_at=_now_ms(),
        total_targets=len(targets),
        options=options,
        results=tuple(batch.results[index] for index in sorted(batch.results)),
        interrupted=interrupted,
        places=tuple(sorted(batch.results)),
        bugs=tuple(batch.bugs),
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class _Batch:
    targets: tuple[ProbeTarget, ...]
    options: ProbeOptions
    trust: Trust
    progress: Progress | None
    network: NetworkSettings
    results: dict[int, ProbeResult] = field(default_factory=dict)
    bugs: list[Exception] = field(default_factory=list)

    def settle_unsent(self) -> bool:
        """Note the results that need no request; return whether requests remain."""
        for index, target in enumerate(self.targets):
            if isinstance(target.call, Verdict):
                self._note(index, ProbeResult(target.subject, target.call))
        return len(self.results) < len(self.targets)

    def send_all(self, context: ssl.SSLContext | None) -> bool:
        """Send the requests; return whether Ctrl-C interrupted them."""
        import asyncio

        from text2llm.net.client import Client, create_tls_context
        from text2llm.net.loop import run_async

        shared = context or create_tls_context(self.network)

        async def settle_all() -> bool:
            client = Client(self.trust, shared, self.network)
            prober = _Prober(client, asyncio.Semaphore(self.options.concurrency), self.options)
            probes = [asyncio.create_task(self._settle(prober, *each)) for each in self._remaining()]
            try:
                await asyncio.gather(*probes)
            except asyncio.CancelledError:
                # Ctrl-C: the results so far are kept.
                await asyncio.gather(*probes, return_exceptions=True)
                return True
            return False

        return run_async(settle_all())

    def _remaining(self) -> Iterator[tuple[int, ProbeSubject, ProbeCall]]:
        for index, target in enumerate(self.targets):
            if not isinstance(target.call, Verdict):
                yield index, target.subject, target.call

    async def _settle(self, prober: _Prober, index: int, subject: ProbeSubject, call: ProbeCall) -> None:
        try:
            result = await prober.probe(subject, call)
        except Exception as error:  # noqa: BLE001 - a bug costs no other probe its result
            self.bugs.append(error)
            text = f"a bug in text2llm ({type(error).__name__}): nothing is known of this route"
            result = ProbeResult(subject, Verdict(Reason.BUG, text, "please report it"))
        self._note(index, result)

    def _note(self, index: int, result: ProbeResult) -> None:
        self.results[index] = result
        if self.progress is not None:
            self.progress(len(self.results), len(self.targets), result)


@dataclass(slots=True)
class _Prober:
    """Sends probes with one client, within the concurrency of the options."""

    client: Client
    slots: asyncio.Semaphore
    options: ProbeOptions
    begun: int = 0
    identities: Identities | None = None

    async def probe(self, subject: ProbeSubject, call: ProbeCall) -> ProbeResult:
        """Probe one target. Others use its slot while it pauses between two attempts."""
        import asyncio

        # Many requests started at once would overfill a listener's queue.
        self.begun += 1
        await asyncio.sleep(min(self.begun, self.options.concurrency) * _SPACING)
        return await repeat_inconclusive(partial(self._try_once, subject, call), self.options.attempts, asyncio.sleep)

    async def _try_once(self, subject: ProbeSubject, call: ProbeCall) -> Attempt:
        if isinstance(call, CompletionCall):
            call = replace(call, nonce=secrets.token_hex(4))
        async with self.slots:
            if isinstance(call, FreeCall):
                return _judge_attempt(subject, call, await self._send(call, call.request, self._deadline))
            return await self._complete(subject, call)

    async def _complete(self, subject: ProbeSubject, call: CompletionCall) -> Attempt:
        """Request a completion, and once more if the server refuses what the probe itself added to the request."""
        limit, started = self.options.max_tokens, time.monotonic()
        response = await self._send(call, build_completion(call, limit), self._deadline)
        attempt = _judge_attempt(subject, call, response)
        if attempt[0].verdict.reason is None or not isinstance(response, Response):
            return attempt
        adapted = adapt(call, find_limit(call, limit), response.status, read_error(response))
        remaining = self._deadline - (time.monotonic() - started)
        if adapted is None or remaining <= 0:
            return attempt
        second = await self._send(call, build_completion(adapted.call, limit), remaining)
        result, wait = _judge_attempt(subject, adapted.call, second)
        again = None
        if result.verdict.reason is not None and isinstance(second, Response):
            again = adapt(adapted.call, find_limit(adapted.call, limit), second.status, read_error(second))
        return replace(result, verdict=explain_second(result.verdict, adapted, again, call.provider)), wait

    @property
    def _deadline(self) -> float:
        return self.options.timeout_ms / 1000

    async def _send(self, call: ProbeCall, request: Request, deadline: float) -> Response | Failure | Verdict:
        """The response; a verdict if the credential could not be made."""
        begun = time.monotonic()
        ready = await self._authenticate(call, request, deadline)
        if isinstance(ready, Verdict):
            return ready
        return await self.client.send(
            ready.request,
            credentials=ready.credentials,
            deadline=deadline - (time.monotonic() - begun),
            max_body=MAX_JSON_BYTES,
            place=call.place,
        )

    async def _authenticate(self, call: ProbeCall, request: Request, deadline: float) -> Prepared | Verdict:
        """The request with its credential, which some services make for each request."""
        if isinstance(call, FreeCall) or call.identity is None:
            return Prepared(request, call.credentials)
        from text2llm.upstream.exchange.obtain import Identities

        if self.identities is None:
            self.identities = Identities(self.client)
        return await self.identities.authenticate(call, request, deadline)


async def repeat_inconclusive(
    try_once: Callable[[], Awaitable[Attempt]], attempts: int, sleep: Callable[[float], Awaitable[object]]
) -> ProbeResult:
    """The first conclusive result, or that of the last attempt; an origin that is not reached is tried again."""
    for attempt in range(1, attempts):
        result, wait = await try_once()
        if not result.verdict.may_pass:
            return result
        await sleep(plan_pause(attempt, wait))
    result, _ = await try_once()
    return result


def _judge_attempt(subject: ProbeSubject, call: ProbeCall, response: Response | Failure | Verdict) -> Attempt:
    if isinstance(response, Verdict):
        return ProbeResult(subject, response), None
    free = isinstance(call, FreeCall)
    verdict = judge_free(call, response) if isinstance(call, FreeCall) else judge(call, response)
    if isinstance(response, Failure):
        latency = None if response.kind in NOT_SENT else response.elapsed_ms
        return ProbeResult(subject, verdict, latency, free=free), None
    now = _now_ms()
    limits = read_limits(subject.provider, response.headers, now)
    result = ProbeResult(
        subject, verdict, response.elapsed_ms, response.status, find_request_id(response), limits, free
    )
    return result, read_retry_after(response.headers.get("retry-after"), now)


def plan_pause(attempt: int, asked: float | None) -> float:
    """The pause in seconds after an attempt: doubling from half a second, or what the server asks for."""
    return min(max(_FIRST_PAUSE * (1 << (attempt - 1)), asked or 0.0), LONGEST_PAUSE)


def read_retry_after(header: str | None, now_ms: int) -> float | None:
    """The seconds of a ``Retry-After``: a number, or the time until a date (RFC 9110, 10.2.3); ``None`` if invalid."""
    text = (header or "").strip()
    if not text or _SECONDS.fullmatch(text):
        return float(text) if text else None
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).timestamp() - now_ms / 1000
    except ValueError:
        return None
