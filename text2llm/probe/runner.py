"""Runs probes: a few at a time, each under its own deadline; none can hold up or cancel another."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from text2llm.net.json_body import MAX_JSON_BYTES
from text2llm.net.message import NOT_SENT, Failure, Response
from text2llm.probe.backoff import plan_pause, read_retry_after
from text2llm.probe.free import FreeCall, judge_free
from text2llm.probe.result import ProbeOptions, ProbeResult, ProbeSummary, Subject
from text2llm.probe.targets import ProbeTarget
from text2llm.settings.model import NetworkSettings
from text2llm.upstream.judge import find_request_id, judge
from text2llm.upstream.verdict import Gate, Verdict
from text2llm.upstream.wire import build_completion
from text2llm.upstream.wire.shape import CompletionCall
from text2llm.usage.headers import read_limits

if TYPE_CHECKING:
    import asyncio
    import ssl

    from text2llm.net.client import Client
    from text2llm.trust.bindings import Trust

#: Called after each result with how many are known by then, of how many, and the result.
Progress: TypeAlias = Callable[[int, int, ProbeResult], None]
#: One request's result, and how long the server wants to be left alone, as it says.
Attempt: TypeAlias = tuple[ProbeResult, float | None]
#: Seconds between the first requests of a run.
_SPACING = 0.002
_USUAL_NETWORK = NetworkSettings()


def run_probes(  # noqa: PLR0913 - what is sent, and the three ways in which tests and users change how
    targets: tuple[ProbeTarget, ...],
    options: ProbeOptions,
    trust: Trust,
    *,
    progress: Progress | None = None,
    context: ssl.SSLContext | None = None,
    network: NetworkSettings = _USUAL_NETWORK,
) -> ProbeSummary:
    """Probe every target once and return the results in the order of the targets.

    ``context`` are TLS settings other than those that ``network`` wants. Ctrl-C ends the run early, with the results
    known by then.
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
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class _Batch:
    """The probes of one run and what is known of them so far, by the place of the target."""

    targets: tuple[ProbeTarget, ...]
    options: ProbeOptions
    trust: Trust
    progress: Progress | None
    network: NetworkSettings
    results: dict[int, ProbeResult] = field(default_factory=dict)

    def settle_unsent(self) -> bool:
        """Note what is known without a request; whether requests remain."""
        for index, target in enumerate(self.targets):
            if isinstance(target.call, Verdict):
                self._note(index, ProbeResult(target.subject, target.call))
        return len(self.results) < len(self.targets)

    def send_all(self, context: ssl.SSLContext | None) -> bool:
        """Make the requests; whether Ctrl-C came before the last answer."""
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
                # Ctrl-C: what is known by now is the result.
                await asyncio.gather(*probes, return_exceptions=True)
                return True
            return False

        return run_async(settle_all())

    def _remaining(self) -> Iterator[tuple[int, Subject, CompletionCall | FreeCall]]:
        for index, target in enumerate(self.targets):
            if not isinstance(target.call, Verdict):
                yield index, target.subject, target.call

    async def _settle(self, prober: _Prober, index: int, subject: Subject, call: CompletionCall | FreeCall) -> None:
        self._note(index, await prober.probe(subject, call))

    def _note(self, index: int, result: ProbeResult) -> None:
        self.results[index] = result
        if self.progress is not None:
            self.progress(len(self.results), len(self.targets), result)


@dataclass(slots=True)
class _Prober:
    """Probes over one client: never more requests at once than the options allow."""

    client: Client
    slots: asyncio.Semaphore
    options: ProbeOptions
    begun: int = 0

    async def probe(self, subject: Subject, call: CompletionCall | FreeCall) -> ProbeResult:
        """Probe one target. While it pauses between two attempts, others have its place."""
        import asyncio

        # A hundred requests begun at once would wait for each other at every step, and overfill a listener's queue.
        self.begun += 1
        await asyncio.sleep(min(self.begun, self.options.concurrency) * _SPACING)
        return await repeat_inconclusive(partial(self._try_once, subject, call), self.options.attempts, asyncio.sleep)

    async def _try_once(self, subject: Subject, call: CompletionCall | FreeCall) -> Attempt:
        async with self.slots:
            answer = await self.client.send(
                call.request if isinstance(call, FreeCall) else build_completion(call, self.options.max_tokens),
                credentials=call.credentials,
                deadline=self.options.timeout_ms / 1000,
                max_body=MAX_JSON_BYTES,
                place=call.place,
            )
        return _judge_attempt(subject, call, answer)


async def repeat_inconclusive(
    try_once: Callable[[], Awaitable[Attempt]], attempts: int, sleep: Callable[[float], Awaitable[object]]
) -> ProbeResult:
    """The first conclusive result, or the last one when the attempts are used up: each is one request, one verdict."""
    for attempt in range(1, attempts):
        result, wait = await try_once()
        if result.verdict.gate is not Gate.INCONCLUSIVE:
            return result
        await sleep(plan_pause(attempt, wait))
    result, _ = await try_once()
    return result


def _judge_attempt(subject: Subject, call: CompletionCall | FreeCall, answer: Response | Failure) -> Attempt:
    free = isinstance(call, FreeCall)
    verdict = judge_free(call, answer) if isinstance(call, FreeCall) else judge(call, answer)
    if isinstance(answer, Failure):
        latency = None if answer.kind in NOT_SENT else answer.elapsed_ms
        return ProbeResult(subject, verdict, latency, free=free), None
    now = _now_ms()
    limits = read_limits(subject.provider, answer.headers, now)
    result = ProbeResult(subject, verdict, answer.elapsed_ms, answer.status, find_request_id(answer), limits, free)
    return result, read_retry_after(answer.headers.get("retry-after"), now)
