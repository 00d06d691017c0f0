"""HTTP by httpx over connections of our own: one a request, to the origin that was checked, read a little at a time.

Both transports are httpx's own kind: a test, or a plugin, brings another in place of :class:`ConnectingTransport`, and
the limits hold for that one too.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
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

#: An interim answer: a head, at the beginning or after the empty line of the one before.
_INTERIM = re.compile(rb"(?:^|\n\r?\n)HTTP/[0-9]\.[0-9] 1[0-9]{2}")
#: Servers send one or two of them (RFC 9110, 15.2). More is a flood.
_MAX_INTERIM = 32
_SUCCESS = range(200, 300)
#: The statuses from here on are errors (RFC 9110, 15.5).
_ERRORS = 400


@final
@dataclass(slots=True)
class Route:
    """The way of one request to its origin, and what has come back on it.

    ``foreign`` says whether the first bytes are of another protocol than HTTP, ``None`` before any.
    """

    origin: Origin
    proxy: Proxy | None = None
    connection: PlainStream | None = None
    foreign: bool | None = None
    interim: int = 0

    def close(self) -> None:
        """Close the connection at once, also in the middle of a handshake: a farewell would wait for the other's."""
        if self.connection is not None:
            self.connection.close()


@final
@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may take: seconds for everything together, and bytes of its body."""

    deadline: float
    max_body: int


def build_request(request: Request, headers: Headers, route: Route, limits: Limits) -> httpx.Request:
    """A request as httpx has it; what our transports need besides is in its extensions.

    The target is the path as it was checked: a URL would be normalized.
    """
    extensions = {"target": request.path.encode(), "route": route, "limits": limits}
    url = _parse_url(f"{request.origin}{request.path}")
    return httpx.Request(request.method, url, headers=headers, content=request.body or None, extensions=extensions)


@lru_cache(maxsize=256)
def _parse_url(url: str) -> httpx.URL:
    return httpx.URL(url)


@final
class LimitedTransport(Transport):
    """Another transport under the limits of each request: one deadline until the last byte of the body is there.

    The body of the answer is decoded; the header that says how is left out.

    Raises:
        TimeoutError: the deadline came.
        BodyError: the body is too large, damaged, or encoded in a way that is not accepted.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The whole answer to a request that :func:`build_request` made."""
        limits: Limits = request.extensions["limits"]
        async with asyncio.timeout(limits.deadline):
            answer = await self._transport.handle_async_request(request)
            assert isinstance(answer.stream, httpx.AsyncByteStream), "an asynchronous transport answers with one"
            try:
                body = await _read_body(answer, answer.stream, limits.max_body)
            finally:
                await answer.stream.aclose()
        if "content-encoding" in answer.headers:
            del answer.headers["content-encoding"]
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))


def read_whole(answer: httpx.Response) -> bytes:
    """The body of an answer of a :class:`LimitedTransport`: there is nothing to decode or to wait for."""
    assert isinstance(answer.stream, httpx.ByteStream)
    return b"".join(answer.stream)


async def _read_body(answer: httpx.Response, stream: httpx.AsyncByteStream, most: int) -> bytes:
    """The decoded body; of an error, empty where it cannot be read: overloaded servers cut it, the status stands."""
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
    """Sends each request over a connection of its own, on its route.

    Raises:
        httpcore.ProtocolError: what came is no HTTP, or the answer is not complete.
        httpcore.ProxyError: the proxy refuses.
        OSError: there is no such host, no connection to it, or it broke.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request that :func:`build_request` made; its body is still to be read."""
        route: Route = request.extensions["route"]
        try:
            url = _locate(request.url, request.extensions["target"])
            sent = httpcore.Request(request.method, url, headers=request.headers.raw, content=request.content)
            answer = await _speak(await _open(route, self._context), sent, route)
        except BaseException:
            route.close()
            raise
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer, route))


@final
class _Body(httpx.AsyncByteStream):
    """The rest of an answer, whose end is the end of its connection."""

    def __init__(self, answer: httpcore.Response, route: Route) -> None:
        self._answer = answer
        self._route = route

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._answer.aiter_stream()

    async def aclose(self) -> None:
        self._route.close()


@final
class _Wire(httpcore.AsyncNetworkStream):
    """A stream as httpx's engine wants it. Its limits are not used: one deadline is for everything."""

    def __init__(self, stream: Stream, route: Route) -> None:
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
            await asyncio.Event().wait()  # it floods: read no more of it, and let the deadline come
        return data

    async def write(self, buffer: bytes, *_: object, **__: object) -> None:
        self._stream.write(buffer)

    async def aclose(self) -> None:
        self._stream.close()


async def _open(route: Route, context: ssl.SSLContext) -> Stream:
    """A stream to the origin of a route, with TLS where its scheme wants it."""
    origin, proxy = route.origin, route.proxy
    stream: Stream
    stream = route.connection = await connect(origin if proxy is None else proxy.origin)
    if proxy is not None:
        stream = await _pass(stream, proxy, route, context)
    return await secure(stream, context, origin) if origin.scheme == "https" else stream


async def _pass(stream: Stream, proxy: Proxy, route: Route, context: ssl.SSLContext) -> Stream:
    """Have the proxy at the other end connect the stream to the origin (RFC 9110, section 9.3.6)."""
    if proxy.origin.scheme == "https":
        stream = await secure(stream, context, proxy.origin)
    target = f"{route.origin.host}:{route.origin.port}"
    url = _locate(_parse_url(str(proxy.origin)), target.encode())
    asked = httpcore.Request("CONNECT", url, headers=[("host", target), *_log_in(proxy)])
    answer = await _speak(stream, asked, route)
    if answer.status not in _SUCCESS:
        raise httpcore.ProxyError(answer.status)
    return stream


def _log_in(proxy: Proxy) -> Headers:
    """The header for the proxy's user and password (RFC 7617), if it has them."""
    if proxy.login is None:
        return []
    from base64 import b64encode

    user, password = proxy.login
    return [("proxy-authorization", f"Basic {b64encode(f'{user}:{password.reveal()}'.encode()).decode()}")]


def _locate(url: httpx.URL, target: bytes) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=target)


async def _speak(stream: Stream, request: httpcore.Request, route: Route) -> httpcore.Response:
    """Send a request over a stream; the body of the answer is still to be read.

    httpx's engine is used without its pool, which takes longer than a request.
    """
    connection = httpcore.AsyncHTTP11Connection(request.url.origin, _Wire(stream, route))
    return await connection.handle_async_request(request)
