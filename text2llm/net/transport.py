"""HTTP by httpx over connections of our own: one a request, to the origin that was checked, read a little at a time."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, final

import httpcore
import httpx

from text2llm.net.body import BodyError, BodyReader
from text2llm.net.message import Request, Response
from text2llm.net.proxy import Proxy
from text2llm.net.stream import PlainStream, Stream, connect, secure
from text2llm.trust.origin import Origin

Headers: TypeAlias = list[tuple[str, str]]

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
    """The way of one request, and what has come back on it.

    ``foreign`` says whether the first bytes are of another protocol than HTTP, ``None`` before any.
    """

    context: ssl.SSLContext
    proxy: Proxy | None = None
    connection: PlainStream | None = None
    foreign: bool | None = None
    interim: int = 0


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


async def exchange(request: Request, headers: Headers, max_body: int, route: Route) -> Response:
    """Send a request to its origin on a route, and read the whole answer, of at most ``max_body`` bytes.

    Raises:
        BodyError: the body is too large, damaged, or encoded in a way that is not accepted.
        httpcore.ProtocolError: what came is no HTTP, or the answer is not complete.
        httpcore.ProxyError: the proxy refuses.
        OSError: there is no such host, no connection to it, or it broke.
    """
    try:
        answer = await _speak(await _open(request.origin, route), request, headers, route)
        told = httpx.Headers(answer.headers)
        body = await _read_body(answer, told.get("content-encoding", ""), max_body)
        return Response(answer.status, dict(told.multi_items()), body, 0)
    finally:
        # At once, and also in the middle of a handshake: a farewell would wait for the other side's.
        if route.connection is not None:
            route.connection.close()


async def _read_body(answer: httpcore.Response, encoding: str, most: int) -> bytes:
    """The decoded body; of an error, empty where it cannot be read: overloaded servers cut it, the status stands."""
    try:
        reader = BodyReader(encoding, most)
        async for chunk in answer.aiter_stream():
            reader.feed(chunk)
        return reader.finish()
    except (BodyError, httpcore.ProtocolError, OSError):
        if answer.status < _ERRORS:
            raise
        return b""


async def _open(origin: Origin, route: Route) -> Stream:
    """A stream to an origin, with TLS where its scheme wants it."""
    proxy = route.proxy
    stream: Stream
    stream = route.connection = await connect(origin if proxy is None else proxy.origin)
    if proxy is not None:
        stream = await _pass(stream, proxy, origin, route)
    return await secure(stream, route.context, origin) if origin.scheme == "https" else stream


async def _pass(stream: Stream, proxy: Proxy, origin: Origin, route: Route) -> Stream:
    """Have the proxy at the other end connect the stream to an origin (RFC 9110, section 9.3.6)."""
    if proxy.origin.scheme == "https":
        stream = await secure(stream, route.context, proxy.origin)
    target = f"{origin.host}:{origin.port}"
    answer = await _speak(stream, Request("CONNECT", proxy.origin, target), [("host", target), *_log_in(proxy)], route)
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


async def _speak(stream: Stream, request: Request, headers: Headers, route: Route) -> httpcore.Response:
    """Send a request over a stream; the body of the answer is still to be read.

    httpx's engine is used without its pool, which takes longer than a request.
    """
    url = _parse_url(str(request.origin))
    built = httpx.Request(request.method, url, headers=headers, content=request.body or None)
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=request.path)
    connection = httpcore.AsyncHTTP11Connection(target.origin, _Wire(stream, route))
    sent = httpcore.Request(request.method, target, headers=built.headers.raw, content=request.body)
    return await connection.handle_async_request(sent)


@lru_cache(maxsize=256)
def _parse_url(url: str) -> httpx.URL:
    return httpx.URL(url)
