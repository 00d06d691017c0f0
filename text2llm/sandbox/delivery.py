"""How the bytes of a response are sent: whole, in chunks, half, byte by byte, or never."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from email.utils import formatdate
from http import HTTPStatus

from text2llm.sandbox.values import Delivery, HttpResponse

_TICK = 0.05  # seconds between two bytes
_BOMB_MEGABYTES = 1024
_MEGABYTE = b"x" * 1_048_576
_BLOCK = b"x" * 65536
_INTERIM = b"HTTP/1.1 102 Processing\r\n\r\n"


class Connection:
    """A client's connection. ``keep``: it may serve another request; ``mute``: bodies are not sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.keep, self.mute = True, False

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def wait_end(self) -> None:
        """Wait until the client disconnects; ignore what it sends."""
        while await self.reader.read(len(_BLOCK)):
            pass


async def deliver(connection: Connection, response: HttpResponse) -> None:
    """Send a response by its delivery; raise ``OSError`` if the client disconnects."""
    if response.delay:
        await asyncio.sleep(response.delay)
    connection.keep = connection.keep and response.delivery in ("whole", "chunks")
    await _DELIVERIES[response.delivery](connection, response)


def _head(connection: Connection, response: HttpResponse, *framing: str) -> bytes:
    status = HTTPStatus(response.status) if response.status in set(HTTPStatus) else None
    lines = [
        f"HTTP/1.1 {response.status} {status.phrase if status else 'Unassigned'}",
        "server: text2llm-sandbox",
        f"date: {formatdate(usegmt=True)}",
        *(f"{name}: {value}" for name, value in response.headers.items()),
        *framing,
        *(() if connection.keep else ("connection: close",)),
    ]
    return "\r\n".join((*lines, "\r\n")).encode("latin-1")


async def _send_whole(connection: Connection, response: HttpResponse) -> None:
    head = _head(connection, response, f"content-length: {len(response.body)}")
    await connection.send(head if connection.mute else head + response.body)


async def _send_chunks(connection: Connection, response: HttpResponse) -> None:
    await connection.send(_head(connection, response, "transfer-encoding: chunked"))
    await _send_parts(connection, split_events(response.body))
    await connection.send(b"0\r\n\r\n")


async def _send_parts(connection: Connection, parts: Iterable[bytes]) -> None:
    for part in parts:
        await connection.send(b"%x\r\n%b\r\n" % (len(part), part))


def split_events(body: bytes) -> list[bytes]:
    """The events or lines of a stream; Bedrock's begin with their length."""
    if body.startswith(b"\0"):
        size = int.from_bytes(body[:4], "big")
        return [body[:size], *split_events(body[size:])]
    end = rb"(?<=\n\n)" if b"\n\n" in body else rb"(?<=\n)"
    return list(filter(None, re.split(end, body)))


def _is_stream(response: HttpResponse) -> bool:
    return response.headers.get("content-type", "").startswith(("text/event-stream", "application/x-ndjson"))


async def _send_half(connection: Connection, response: HttpResponse) -> None:
    if _is_stream(response):
        await connection.send(_head(connection, response, "transfer-encoding: chunked"))
        events = split_events(response.body)
        await _send_parts(connection, events[: len(events) // 2])
        return
    size = len(response.body)
    await connection.send(_head(connection, response, f"content-length: {size}") + response.body[: size // 2])


async def _reset(connection: Connection, _response: HttpResponse) -> None:
    # Closing without lingering drops unsent data and sends a reset.
    connection.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.writer.transport.abort()


async def _repeat(connection: Connection, first: bytes, more: bytes, pause: float) -> None:
    await connection.send(first)
    while True:
        await asyncio.sleep(pause)
        await connection.send(more)


async def _send_drip(connection: Connection, response: HttpResponse) -> None:
    await _repeat(connection, _head(connection, response) + response.body[:1], b" ", _TICK)


async def _send_endless(connection: Connection, response: HttpResponse) -> None:
    begun, more = response.body[:-1] + b', "sandbox": "', _BLOCK
    if _is_stream(response):
        begun = more = split_events(response.body)[0]
    await _repeat(connection, _head(connection, response) + begun, more, 0)


async def _send_bomb(connection: Connection, response: HttpResponse) -> None:
    encoding = ", ".join(["gzip"] * response.layers)
    await connection.send(_head(connection, response, f"content-encoding: {encoding}"))
    for block in _pack(_padding(), response.layers):
        await connection.send(block)
        await asyncio.sleep(0)  # let other connections proceed


def _padding() -> Iterator[bytes]:
    yield b'{"padding": "'
    for _ in range(_BOMB_MEGABYTES):
        yield _MEGABYTE
    yield b'"}'


def _pack(parts: Iterable[bytes], layers: int) -> Iterable[bytes]:
    """Compress ``layers`` times, passing blocks on as they are ready: avoids blocking on a bomb."""
    for _ in range(layers):
        parts = _pack_once(parts)
    return parts


def _pack_once(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, wbits=31)
    for part in parts:
        yield packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


_DELIVERIES: Mapping[Delivery, Callable[[Connection, HttpResponse], Awaitable[None]]] = {
    "whole": _send_whole,
    "chunks": _send_chunks,
    "half": _send_half,
    "never": lambda connection, _: connection.wait_end(),
    "drip": _send_drip,
    "drip-head": lambda connection, _: _repeat(connection, b"HTTP/1.1 200 OK\r\nx-drip: ", b"x", _TICK),
    "endless": _send_endless,
    "interim": lambda connection, _: _repeat(connection, _INTERIM, _INTERIM, _TICK),
    "flood": lambda connection, _: _repeat(connection, _INTERIM, _INTERIM * 1000, 0),
    "bomb": _send_bomb,
    "close": lambda *_: asyncio.sleep(0),
    "reset": _reset,
}
