from __future__ import annotations

import gzip
import time

import pytest

from tests.net.hostile import Script, answer, listen, repeat, say
from tests.usage.asking import NAME, NOW, TOKEN, ask, make_query, tell
from text2llm.settings.model import NetworkSettings
from text2llm.trust.bindings import Bindings, Grant, Trust
from text2llm.usage import fetch
from text2llm.usage.fetch import NOT_SENT_ERRORS, fetch_usage
from text2llm.usage.parse import UsageSnapshot, UsageWindow

HTML = b"<html>Welcome to the hotel</html>"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIME_LIMIT", 1.5)


def test_usage_takes_one_small_request() -> None:
    snapshot, received = ask(tell())
    windows = (UsageWindow("5h", 42.0, NOW + 7_200_000), UsageWindow("week", 7.0))
    assert snapshot == UsageSnapshot("anthropic", "anthropic:me", NOW, windows)
    (request,) = received
    assert request.startswith(b"GET /api/oauth/usage HTTP/1.1\r\n")
    assert b"anthropic-beta: oauth-2025-04-20" in request
    assert f"authorization: bearer {TOKEN}".encode() in request.lower()
    assert request.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (answer(b"{}", status=b"403 Forbidden"), "HTTP 403"),
        (answer(b"{}", status=b"429 \x1b[2J::error::"), "HTTP 429"),
        (answer(b"", b"location: http://127.0.0.1:1/", status=b"302 Found"), "HTTP 302"),
        (answer(HTML, b"content-type: text/html"), "invalid response"),
        (answer(b""), "invalid response"),
        (answer(b'{"five_hour": {"utilization": NaN}}'), "invalid response"),
        (answer(b"[" * 200_000), "invalid response"),
        (answer(b'{"x": "' + b"x" * 2_000_000 + b'"}'), "invalid response"),
        (answer(gzip.compress(bytes(20_000_000)), b"content-encoding: gzip"), "invalid response"),
        (tell({"type": "error", "error": {"message": "no"}}), "invalid response"),
        (say(), "connection failed"),
        (say(b"SSH-2.0-OpenSSH\r\n"), "invalid response"),
        (say(b"HTTP/1.1 200 OK\r\n"), "connection failed"),
        (repeat(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n", pause=0.02), "timed out"),
        (repeat(b"HTTP/1.1 200 OK\r\n\r\n", b" ", pause=0.02), "timed out"),
    ],
)
def test_server_that_lies_is_an_error_in_our_words(script: Script, error: str) -> None:
    started = time.monotonic()
    snapshot, received = ask(script)
    assert time.monotonic() - started < 2.5
    assert snapshot == UsageSnapshot("anthropic", "anthropic:me", NOW, error=error)
    assert len(received) == 1


def test_nothing_listens() -> None:
    with listen(say()) as server:
        origin = server.origin
    (snapshot,) = fetch_usage([make_query(origin)], Trust(Bindings(), (Grant(NAME, origin),)), NetworkSettings(), NOW)
    assert snapshot.error == "connection refused"


def test_origin_without_trust_is_not_asked() -> None:
    snapshot, received = ask(tell(), granted=False)
    assert snapshot.error == "not sent: the credential is not bound to the endpoint's origin"
    assert snapshot.error in NOT_SENT_ERRORS
    assert received == []


def test_slow_server_delays_no_other_and_all_end_together() -> None:
    slow = repeat(b"", b"", pause=0.05)
    with listen(slow) as one, listen(slow) as two, listen(tell()) as good:
        grants = tuple(Grant(NAME, server.origin) for server in (one, two, good))
        queries = [make_query(server.origin) for server in (one, two, good)]
        started = time.monotonic()
        told = fetch_usage(queries, Trust(Bindings(), grants), NetworkSettings(), NOW)
        assert time.monotonic() - started < 1.9
    assert [each.error for each in told] == ["timed out", "timed out", None]


@pytest.mark.parametrize("plan", [TOKEN, f"plan of {TOKEN[:12]}{TOKEN[12:]}", "\x1b[2J", "::error::x", "x" * 41])
def test_plan_that_is_the_token_or_acts_on_a_terminal_is_left_out(plan: str) -> None:
    body = {"plan_type": plan, "rate_limit": {"primary_window": {"used_percent": 1}}}
    with listen(tell(body)) as server:
        query = make_query(server.origin)._replace(answer="openai-codex")
        trust = Trust(Bindings(), (Grant(NAME, server.origin),))
        (snapshot,) = fetch_usage([query], trust, NetworkSettings(), NOW)
    assert snapshot == UsageSnapshot("anthropic", "anthropic:me", NOW, (UsageWindow("limit", 1),))
