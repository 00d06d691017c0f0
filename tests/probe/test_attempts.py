"""``--attempts``: only what is inconclusive is tried again, and pauses hold up nobody."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.net.hostile import answer, listen
from tests.probe.making import completion, make_call, make_target
from tests.probe.test_runner import NOTHING, QUICK, told
from text2llm.probe.result import ProbeOptions, ProbeResult
from text2llm.probe.runner import repeat_inconclusive, run_probes
from text2llm.upstream.verdict import UNREACHED, Gate, Reason, Verdict

REPEATED = [each for each in Reason if each.gate is Gate.INCONCLUSIVE or each in UNREACHED]


class Script:
    """Plays results, each with what the server asks for, and notes the pauses between them."""

    def __init__(self, *attempts: tuple[Reason | None, float | None]) -> None:
        self.attempts = list(attempts)
        self.pauses: list[float] = []

    async def try_once(self) -> tuple[ProbeResult, float | None]:
        reason, wait = self.attempts.pop(0)
        return ProbeResult(make_target(make_call("openai-completions")).subject, Verdict(reason)), wait

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def play(self, attempts: int) -> Reason | None:
        return asyncio.run(repeat_inconclusive(self.try_once, attempts, self.sleep)).verdict.reason


@pytest.mark.parametrize("reason", [None, *(each for each in Reason if each not in REPEATED)])
def test_conclusive_result_is_not_tried_again(reason: Reason | None) -> None:
    script = Script((reason, 1.0))
    assert script.play(attempts=5) is reason
    assert script.pauses == []


@pytest.mark.parametrize("reason", REPEATED)
def test_inconclusive_result_is_tried_until_the_attempts_are_used_up(reason: Reason) -> None:
    script = Script((reason, None), (reason, None), (reason, None), (Reason.NETWORK, None))
    assert script.play(attempts=4) is Reason.NETWORK
    assert script.pauses == [0.5, 1.0, 2.0]


def test_what_the_server_asks_for_is_waited_up_to_a_limit() -> None:
    script = Script(
        (Reason.RATE_LIMITED, 7.0), (Reason.OVERLOADED, 0.0), (Reason.RATE_LIMITED, 3600.0), (None, None), (None, None)
    )
    assert script.play(attempts=10) is None
    assert script.pauses == [7.0, 1.0, 20.0]


def turns(*answers: Callable[[socket.socket], None]) -> Callable[[socket.socket], None]:
    """A script that plays one of several at each connection, in turn."""
    left = iter(answers)

    def script(connection: socket.socket) -> None:
        next(left)(connection)

    return script


BUSY = b"429 Too Many Requests"
COMPLETION = json.dumps(completion()).encode()


def test_second_attempt_is_a_request_of_its_own() -> None:
    with listen(turns(answer(b"{}", status=BUSY), answer(COMPLETION))) as server:
        target = make_target(make_call("openai-completions", url=str(server.origin)))
        summary = run_probes((target,), replace(QUICK, attempts=2), NOTHING)
        assert server.connections == 2
    assert [told(result) for result in summary.results] == ["ok"]


def test_probe_that_pauses_leaves_its_place_to_others() -> None:
    limited = turns(answer(b"{}", b"retry-after: 1", status=BUSY), answer(COMPLETION))
    seen: list[str] = []
    with listen(limited) as busy, listen(answer(COMPLETION)) as idle:
        calls = {
            name: make_call("openai-completions", url=str(each.origin)) for name, each in (("a", busy), ("b", idle))
        }
        targets = tuple(make_target(call, name) for name, call in calls.items())
        options = ProbeOptions(2000, concurrency=1, attempts=2)
        run_probes(targets, options, NOTHING, progress=lambda *each: seen.append(each[2].subject.label))
    assert seen == ["b", "a"]


def test_ctrl_c_during_a_pause_ends_the_run() -> None:
    with listen(answer(b"{}", b"retry-after: 20", status=BUSY)) as busy, listen(answer(COMPLETION)) as idle:
        calls = [make_call("openai-completions", url=str(each.origin)) for each in (busy, idle)]
        timer = threading.Timer(0.8, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        summary = run_probes(tuple(map(make_target, calls)), replace(QUICK, attempts=3), NOTHING)
        timer.join()
        assert busy.connections == 1
    assert summary.interrupted
    assert [told(result) for result in summary.results] == ["ok"]
    assert summary.duration_ms < 5000


REFUSAL = {"error": {"message": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}}


def play_twice(second: Callable[[socket.socket], None], timeout_ms: int = 700) -> tuple[ProbeResult, list[bytes]]:
    """The result of a probe whose first request is refused for the field of its limit, and the requests."""
    scripts = [answer(json.dumps(REFUSAL).encode(), status=b"400 Bad Request"), second]

    def play(connection: socket.socket) -> None:
        scripts.pop(0)(connection)

    with listen(play) as server:
        call = make_call("openai-completions", url=str(server.origin))
        options = ProbeOptions(timeout_ms=timeout_ms, attempts=1)
        (result,) = run_probes((make_target(call),), options, NOTHING).results
        return result, server.received


def test_probe_adapts_once_to_what_it_added_itself() -> None:
    result, received = play_twice(answer(json.dumps(completion()).encode()))
    assert told(result) == "ok"
    assert result.verdict.adapted == "limited the output by max_completion_tokens, to 16 tokens"
    assert b'"max_completion_tokens":16' in received[1]


def test_second_refusal_is_the_verdict() -> None:
    result, received = play_twice(answer(json.dumps(REFUSAL).encode(), status=b"400 Bad Request"))
    assert (told(result).partition("/")[0], len(received)) == ("format", 2)
    assert result.verdict.adapted is not None


def test_second_refusal_of_the_limit_tells_both() -> None:
    low = {"error": {"message": "Invalid 'max_completion_tokens': integer below minimum value. Expected a value >= 32"}}
    result, received = play_twice(answer(json.dumps(low).encode(), status=b"400 Bad Request"))
    assert (told(result).partition("/")[0], len(received)) == ("format", 2)
    assert str(result.verdict.adapted).startswith("limited the output by max_completion_tokens")
    assert "would have raised the output limit to 33" in str(result.verdict.error)
    hint = "set models.providers.lab.compat: {maxTokensField: max_completion_tokens, minTokens: 33}"
    assert result.verdict.hint == hint


def test_both_requests_have_one_deadline() -> None:
    def wait(_: socket.socket) -> None:
        time.sleep(1)

    result, _ = play_twice(wait, timeout_ms=400)
    assert told(result) == "timeout/deadline"
