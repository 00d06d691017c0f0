"""HTTP by httpx over our own connections: one per request, to the checked origin, read in small blocks.

A test or a plugin can replace :class:`ConnectingTransport`, an httpx transport; the limits apply to it too.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias, final

import httpcore
import httpx

from text2llm.net.body import BodyError, BodyReader
from text2llm.net.message import Request
from text2llm.net.proxy import Proxy
from text2llm.net.stream import PlainStream, Stream, connect, secure
from text2llm.trust.origin import Origin

Headers: TypeAlias = list[tuple[str, str]]
Transport: TypeAlias = httpx.AsyncBaseTransport

#: An interim response: a head, at the beginning or after the empty line of the previous one.
_INTERIM = re.compile(rb"(?:^|\n\r?\n)HTTP/[0-9]\.[0-9] 1[0-9]{2}")
#: Servers send one or two of them (RFC 9110, 15.2); more are a flood.
_MAX_INTERIM = 32
_SUCCESS = range(200, 300)
#: The statuses from here on are errors (RFC 9110, 15.5).
_ERRORS = 400


@final
@dataclass(slots=True)
class RequestRoute:
    """The connection of one request: its origin, proxy and limits, and what was received.

    ``deadline`` is in seconds for the whole request, ``max_body`` in bytes. ``foreign``: whether the first bytes belong
    to a protocol other than HTTP, ``None`` before any.
    """

    origin: Origin
    proxy: Proxy | None
    deadline: float
    max_body: int
    connection: PlainStream | None = None
    foreign: bool | None = None
    interim: int = 0
    started: float = field(default_factory=time.monotonic)

    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self.started) * 1000)

    def close(self) -> None:
        """Close the connection immediately, even during a handshake."""
        if self.connection is not None:
            self.connection.close()


def build_httpx_request(request: Request, headers: Headers, route: RequestRoute) -> httpx.Request:
    """The request for httpx, with the data for our transports in its extensions.

    The target is the checked path, because a URL would be normalized.
    """
    extensions = {"target": request.path.encode(), "route": route}
    url = _parse_url(f"{request.origin}{request.path}")
    return httpx.Request(request.method, url, headers=headers, content=request.body or None, extensions=extensions)


@lru_cache(maxsize=256)
def _parse_url(url: str) -> httpx.URL:
    return httpx.URL(url)


async def fetch(transport: Transport, request: httpx.Request) -> tuple[httpx.Response, bytes]:
    """The response to a request, and its decoded body; the deadline includes the whole body.

    Raises:
        TimeoutError: the deadline passed.
        BodyError: the body is too large, damaged, or has an unsupported encoding.
    """
    route: RequestRoute = request.extensions["route"]
    async with asyncio.timeout(route.deadline):
        answer = await transport.handle_async_request(request)
        assert isinstance(answer.stream, httpx.AsyncByteStream), "an asynchronous transport returns one"
        try:
            return answer, await _read_body(answer, answer.stream, route.max_body)
        finally:
            await answer.stream.aclose()


async def _read_body(answer: httpx.Response, stream: httpx.AsyncByteStream, most: int) -> bytes:
    """The decoded body; empty for an error whose body cannot be read: overloaded servers truncate it."""
    try:
        reader = BodyReader(answer.headers.get("content-encoding", ""), most)
        async for chunk in stream:
            reader.feed(chunk)
        return reader.finish()
    except (BodyError, httpcore.ProtocolError, OSError):
        if answer.status_code < _ERRORS:
            raise
        return b""


@final
class ConnectingTransport(Transport):
    """Sends each request over its own connection, on its route.

    Raises:
        httpcore.ProtocolError: the response is not HTTP, or not complete.
        httpcore.ProxyError: the proxy refused.
        OSError: the host is not found or cannot be reached, or the connection broke.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response to a request from :func:`build_httpx_request`; its body is not yet read."""
        route: RequestRoute = request.extensions["route"]
        try:
            url = _locate(request.url, request.extensions["target"])
            sent = httpcore.Request(request.method, url, headers=request.headers.raw, content=request.content)
            answer = await _send(await _open(route, self._context), sent, route)
        except BaseException:
            route.close()
            raise
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer, route))


@final
class _Body(httpx.AsyncByteStream):
    """The body of a response; closing it closes the connection."""

    def __init__(self, answer: httpcore.Response, route: RequestRoute) -> None:
        self._answer = answer
        self._route = route

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._answer.aiter_stream()

    async def aclose(self) -> None:
        self._route.close()


@final
class _NetworkStream(httpcore.AsyncNetworkStream):
    """A stream for httpcore. Its timeouts are ignored, since one deadline applies to the whole request."""

    def __init__(self, stream: Stream, route: RequestRoute) -> None:
        self._stream = stream
        self._route = route
        route.foreign = None

    async def read(self, *_: object, **__: object) -> bytes:
        data = await self._stream.read()
        route = self._route
        if route.foreign is None and data:
            route.foreign = not data.startswith(b"HTTP/"[: len(data)])
        route.interim += len(_INTERIM.findall(data))
        if route.interim > _MAX_INTERIM:
            await asyncio.Event().wait()  # a flood: stop reading until the deadline
        return data

    async def write(self, buffer: bytes, *_: object, **__: object) -> None:
        self._stream.write(buffer)

    async def aclose(self) -> None:
        self._stream.close()


async def _open(route: RequestRoute, context: ssl.SSLContext) -> Stream:
    origin, proxy = route.origin, route.proxy
    stream: Stream
    stream = route.connection = await connect(origin if proxy is None else proxy.origin)
    if proxy is not None:
        stream = await _tunnel(stream, proxy, route, context)
    return await secure(stream, context, origin) if origin.scheme == "https" else stream


async def _tunnel(stream: Stream, proxy: Proxy, route: RequestRoute, context: ssl.SSLContext) -> Stream:
    """Connect the stream to the origin through the proxy (RFC 9110, section 9.3.6)."""
    if proxy.origin.scheme == "https":
        stream = await secure(stream, context, proxy.origin)
    target = f"{route.origin.host}:{route.origin.port}"
    url = _locate(_parse_url(str(proxy.origin)), target.encode())
    connect_request = httpcore.Request("CONNECT", url, headers=[("host", target), *_log_in(proxy)])
    answer = await _send(stream, connect_request, route)
    if answer.status not in _SUCCESS:
        raise httpcore.ProxyError(answer.status)
    return stream


def _log_in(proxy: Proxy) -> Headers:
    if proxy.login is None:
        return []
    from base64 import b64encode

    user, password = proxy.login
    return [("proxy-authorization", f"Basic {b64encode(f'{user}:{password.reveal()}'.encode()).decode()}")]


def _locate(url: httpx.URL, target: bytes) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=target)


async def _send(stream: Stream, request: httpcore.Request, route: RequestRoute) -> httpcore.Response:
    """Send a request over a stream; the body of the response is not yet read.

    httpcore is used without its pool, which takes longer than a request.
    """
    connection = httpcore.AsyncHTTP11Connection(request.url.origin, _NetworkStream(stream, route))
    return await connection.handle_async_request(request)
