"""A custom transport sends the bytes; the client's guarantees apply to it too."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import Callable

import httpx
import pytest

from tests.net.sending import HEADER, KEY, MIB, NAME, kind
from text2llm.net.client import Client
from text2llm.net.loop import run_async
from text2llm.net.message import Failure, FailureKind, Request, Response
from text2llm.settings.model import NetworkSettings
from text2llm.trust.bindings import Bindings, Grant, Trust
from text2llm.trust.origin import parse_origin

ORIGIN = parse_origin("https://api.example.com")
Answering = Callable[[httpx.Request], httpx.Response]


class Brought(httpx.AsyncBaseTransport):
    """Returns a given response and records the request."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answering(request)


class Slow(httpx.AsyncByteStream):
    """A body that never ends, and whether it was closed."""

    closed = False

    async def __aiter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    async def aclose(self) -> None:
        self.closed = True


def send(transport: httpx.AsyncBaseTransport, *, path: str = "/v1/x", granted: bool = True) -> Response | Failure:
    trust = Trust(Bindings(), (Grant(NAME, ORIGIN),) if granted else ())
    client = Client(trust, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), NetworkSettings(), transport)
    asked = Request("POST", ORIGIN, path, (("content-type", "application/json"),), b"{}")
    return run_async(client.send(asked, credentials=(HEADER,), deadline=0.2, max_body=MIB))


def test_it_is_asked_for_the_whole_request() -> None:
    brought = Brought(lambda _: httpx.Response(200, json={"a": 1}))
    result = send(brought, path="/v1/../x?a=%2e")
    assert isinstance(result, Response)
    assert (result.status, result.body) == (200, b'{"a":1}')
    (asked,) = brought.asked
    assert (asked.method, asked.url.host, asked.extensions["target"]) == ("POST", "api.example.com", b"/v1/../x?a=%2e")
    assert (asked.headers["authorization"], asked.content) == (f"Bearer {KEY}", b"{}")


def test_it_is_not_asked_without_permission() -> None:
    brought = Brought(lambda _: httpx.Response(200))
    assert kind(send(brought, granted=False)) is FailureKind.UNTRUSTED_ORIGIN
    assert brought.asked == []


@pytest.mark.parametrize("location", ["https://elsewhere.example.com/", "::no url", "ftp://x"])
def test_no_redirect_is_followed_or_even_read(location: str) -> None:
    brought = Brought(lambda _: httpx.Response(302, headers={"location": location}))
    result = send(brought)
    assert isinstance(result, Response)
    assert (result.status, result.headers["location"], len(brought.asked)) == (302, location, 1)


def test_its_body_is_decoded_under_the_limit() -> None:
    def zipped(data: bytes) -> Brought:
        headers = {"content-encoding": "gzip"}
        return Brought(lambda _: httpx.Response(200, headers=headers, stream=httpx.ByteStream(gzip.compress(data))))

    fits = send(zipped(b"{}"))
    assert isinstance(fits, Response)
    assert (fits.body, "content-encoding" in fits.headers) == (b"{}", False)
    assert kind(send(zipped(bytes(2 * MIB)))) is FailureKind.INVALID_RESPONSE


def test_its_answer_is_redacted() -> None:
    result = send(Brought(lambda _: httpx.Response(200, headers={"x-echo": KEY}, text=f"you sent {KEY}")))
    assert isinstance(result, Response)
    assert KEY not in result.headers["x-echo"]
    assert KEY.encode() not in result.body


def test_its_body_meets_the_deadline_and_is_closed() -> None:
    body = Slow()
    assert isinstance(send(Brought(lambda _: httpx.Response(200, stream=body))), Failure)
    assert body.closed


def test_what_it_raises_is_a_failure() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("a secret place", request=request)

    result = send(Brought(fail))
    assert kind(result) is FailureKind.NETWORK
    assert "secret" not in str(result)
