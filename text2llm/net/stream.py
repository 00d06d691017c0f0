"""One connection per request, plain or with TLS; responses are read in small blocks."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import partial
from typing import TypeAlias, TypeVar, cast, final

from text2llm.trust.origin import Origin

T = TypeVar("T")

#: A block is parsed without a pause, while every other probe waits.
READ_BYTES = 4096
#: Seconds until the next address of a host is tried in parallel (RFC 8305, section 5).
_HEAD_START = 0.25
_ENDED = (ssl.SSLEOFError, ssl.SSLZeroReturnError)


@final
class PlainStream(asyncio.Protocol):
    """A connection that receives only while a reader waits, so that a server cannot flood it."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._held = bytearray()
        self._ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._held += data
        self._open.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended, self._error = True, exc
        self._wake()

    def write(self, data: bytes) -> None:
        """Send bytes; the deadline applies if the server does not accept them."""
        self._open.write(data)

    async def read(self) -> bytes:
        """The next bytes, at most 4 KiB; empty at the end.

        Raises:
            OSError: the connection broke.
        """
        if self._held:
            await asyncio.sleep(0)  # let other tasks run
        elif not self._ended:
            self._waiter = asyncio.get_running_loop().create_future()
            self._open.resume_reading()
            await self._waiter
        if not self._held and self._error is not None:
            raise self._error
        data = bytes(self._held[:READ_BYTES])
        del self._held[:READ_BYTES]
        return data

    def close(self) -> None:
        """Close immediately, without waiting for the other side."""
        self._open.abort()

    @property
    def _open(self) -> asyncio.Transport:
        assert self._transport is not None, "asyncio calls connection_made first"
        return self._transport

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


@final
class SecureStream:
    """TLS over another stream, which may itself use TLS (to a proxy).

    asyncio's TLS over TLS loses unread data at the end, and buffers 256 KiB per connection.
    """

    def __init__(self, stream: Stream, context: ssl.SSLContext, host: str) -> None:
        self._stream = stream
        self._coming, self._going = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._coming, self._going, server_hostname=host)

    async def shake_hands(self) -> None:
        """Do the handshake and verify the host.

        Raises:
            OSError: the handshake failed (``ssl.SSLError``), or the connection broke.
        """
        try:
            await self._repeat(self._tls.do_handshake)
        except _ENDED:
            raise ConnectionResetError("the connection was closed during the handshake") from None

    def write(self, data: bytes) -> None:
        self._tls.write(data)
        self._flush()

    async def read(self) -> bytes:
        """The next bytes, at most 4 KiB; empty at the end, even without a TLS close alert.

        Raises:
            OSError: the connection broke.
        """
        try:
            return await self._repeat(partial(self._tls.read, READ_BYTES))
        except _ENDED:
            return b""

    def close(self) -> None:
        self._stream.close()

    async def _repeat(self, step: Callable[[], T]) -> T:
        """Repeat a step of TLS, receiving data until it succeeds."""
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                pass
            finally:
                self._flush()
            data = await self._stream.read()
            if data:
                self._coming.write(data)
            else:
                self._coming.write_eof()

    def _flush(self) -> None:
        if self._going.pending:
            self._stream.write(self._going.read())


Stream: TypeAlias = PlainStream | SecureStream


async def connect(origin: Origin) -> PlainStream:
    """Connect to a host and port, without TLS.

    Raises:
        OSError: the host is not found or cannot be reached.
    """
    delay = None if origin.loopback else _HEAD_START
    _, stream = await asyncio.get_running_loop().create_connection(
        PlainStream, _bare(origin.host), origin.port, happy_eyeballs_delay=delay
    )
    return stream


async def secure(stream: Stream, context: ssl.SSLContext, origin: Origin) -> SecureStream:
    """Start TLS over a stream, and verify the certificate for the origin's host.

    Raises:
        OSError: the handshake failed: ``ssl.SSLError``, or the connection broke.
    """
    secured = SecureStream(stream, context, _bare(origin.host))
    await secured.shake_hands()
    return secured


def _bare(host: str) -> str:
    """The host without the brackets of an IPv6 address."""
    return host.strip("[]")
