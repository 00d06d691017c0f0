"""One connection, plain or with TLS: whole requests out, a little in at a time. No two requests share one."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import partial
from typing import TypeAlias, TypeVar, cast, final

from text2llm.trust.origin import Origin

T = TypeVar("T")

#: What is read at once is parsed without a pause, while every other probe waits.
READ_BYTES = 4096
#: A host with several addresses: how many seconds each has before the next is tried beside it (RFC 8305, section 5).
_HEAD_START = 0.25
_ENDED = (ssl.SSLEOFError, ssl.SSLZeroReturnError)


@final
class PlainStream(asyncio.Protocol):
    """A connection that takes bytes only while somebody waits for them: a flood stays where it comes from."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._held = bytearray()
        self._ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hold what came, and take no more until it is read."""
        self._held += data
        self._open.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Note that nothing more will come."""
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end, and why it came."""
        self._ended, self._error = True, exc
        self._wake()

    def write(self, data: bytes) -> None:
        """Send bytes; a server that does not take them meets the deadline."""
        self._open.write(data)

    async def read(self) -> bytes:
        """The next bytes, some 4 KiB at most; none at the end.

        Raises:
            OSError: the connection broke.
        """
        if self._held:
            await asyncio.sleep(0)  # the others' turn
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
        """Close at once: a farewell would wait for the other side's."""
        self._open.abort()

    @property
    def _open(self) -> asyncio.Transport:
        assert self._transport is not None, "asyncio hands a protocol its transport first"
        return self._transport

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


@final
class SecureStream:
    """TLS over another stream, which may have TLS itself: the way to a proxy.

    asyncio's own TLS loses the end of what is still to be read when it stands on TLS, and keeps 256 KiB a connection.
    """

    def __init__(self, stream: Stream, context: ssl.SSLContext, host: str) -> None:
        self._stream = stream
        self._coming, self._going = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._coming, self._going, server_hostname=host)

    async def shake_hands(self) -> None:
        """Agree on keys with a server that proves that it is the host.

        Raises:
            OSError: ``ssl.SSLError``: it does not, or does not speak TLS; or the connection broke.
        """
        try:
            await self._repeat(self._tls.do_handshake)
        except _ENDED:
            raise ConnectionResetError("the connection was closed during the handshake") from None

    def write(self, data: bytes) -> None:
        """Send bytes; a server that does not take them meets the deadline."""
        self._tls.write(data)
        self._flush()

    async def read(self) -> bytes:
        """The next bytes, some 4 KiB at most; none at the end, also when the server leaves without a farewell.

        Raises:
            OSError: the connection broke.
        """
        try:
            return await self._repeat(partial(self._tls.read, READ_BYTES))
        except _ENDED:
            return b""

    def close(self) -> None:
        """Close what is below, at once."""
        self._stream.close()

    async def _repeat(self, step: Callable[[], T]) -> T:
        """What a step of TLS gives, when enough has come for it."""
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
    """A connection to a host and port, without TLS yet.

    Raises:
        OSError: there is no such host, or no connection to it.
    """
    delay = None if origin.loopback else _HEAD_START
    _, stream = await asyncio.get_running_loop().create_connection(
        PlainStream, _bare(origin.host), origin.port, happy_eyeballs_delay=delay
    )
    return stream


async def secure(stream: Stream, context: ssl.SSLContext, origin: Origin) -> SecureStream:
    """Speak TLS over a stream from here on, with the server that has a certificate for the origin's host.

    Raises:
        OSError: the handshake failed: ``ssl.SSLError``, or the connection broke.
    """
    secured = SecureStream(stream, context, _bare(origin.host))
    await secured.shake_hands()
    return secured


def _bare(host: str) -> str:
    """The host as resolvers and certificates have it: an IPv6 address without brackets."""
    return host.strip("[]")
