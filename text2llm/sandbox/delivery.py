"""How the bytes of a reply travel: whole, in chunks, half, drop by drop, or never."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from email.utils import formatdate
from http import HTTPStatus

from text2llm.sandbox.values import Delivery, Reply

_TICK = 0.05  # seconds between two drops
_BOMB_MEGABYTES = 1024
_MEGABYTE = b"x" * 1_048_576
_BLOCK = b"x" * 65536
_INTERIM = b"HTTP/1.1 102 Processing\r\n\r\n"


class Line:
    """The connection that a reply goes to. ``keep``: it may serve another request; ``mute``: bodies are left out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.keep, self.mute = True, False

    async def send(self, data: bytes) -> None:
        """Send bytes, and wait until the client takes them."""
        self.writer.write(data)
        await self.writer.drain()

    async def wait_end(self) -> None:
        """Wait until the client has gone; what it sends meanwhile is for nobody."""
        while await self.reader.read(len(_BLOCK)):
            pass


async def deliver(line: Line, reply: Reply) -> None:
    """Send a reply in its way. A client that leaves ends it, with the ``OSError`` of its connection."""
    if reply.delay:
        await asyncio.sleep(reply.delay)
    await _WAYS[reply.delivery](line, reply)


def _head(line: Line, reply: Reply, *framing: str) -> bytes:
    status = HTTPStatus(reply.status) if reply.status in set(HTTPStatus) else None
    lines = [
        f"HTTP/1.1 {reply.status} {status.phrase if status else 'Unassigned'}",
        "server: text2llm-sandbox",
        f"date: {formatdate(usegmt=True)}",
        *(f"{name}: {value}" for name, value in reply.headers.items()),
        *framing,
        *(() if line.keep else ("connection: close",)),
    ]
    return "\r\n".join((*lines, "\r\n")).encode("latin-1")


async def _send_whole(line: Line, reply: Reply) -> None:
    head = _head(line, reply, f"content-length: {len(reply.body)}")
    await line.send(head if line.mute else head + reply.body)


async def _send_chunks(line: Line, reply: Reply) -> None:
    await line.send(_head(line, reply, "transfer-encoding: chunked"))
    for part in _split(reply.body):
        await line.send(b"%x\r\n%b\r\n" % (len(part), part))
    await line.send(b"0\r\n\r\n")


def _split(body: bytes) -> Iterator[bytes]:
    """The events or lines of a stream."""
    end = rb"(?<=\n\n)" if b"\n\n" in body else rb"(?<=\n)"
    return filter(None, re.split(end, body))


async def _send_half(line: Line, reply: Reply) -> None:
    line.keep = False
    await line.send(_head(line, reply, f"content-length: {len(reply.body)}") + reply.body[: len(reply.body) // 2])


async def _send_never(line: Line, _reply: Reply) -> None:
    line.keep = False
    await line.wait_end()


async def _close(line: Line, _reply: Reply) -> None:
    line.keep = False


async def _reset(line: Line, _reply: Reply) -> None:
    line.keep = False
    # Closing without lingering drops what is on its way and sends a reset.
    line.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.writer.transport.abort()


async def _repeat(line: Line, first: bytes, more: bytes, pause: float) -> None:
    """Send one thing, then another one without end."""
    line.keep = False
    await line.send(first)
    while True:
        await asyncio.sleep(pause)
        await line.send(more)


async def _send_drip(line: Line, reply: Reply) -> None:
    line.keep = False
    await _repeat(line, _head(line, reply) + reply.body[:1], b" ", _TICK)


async def _send_drip_head(line: Line, _reply: Reply) -> None:
    await _repeat(line, b"HTTP/1.1 200 OK\r\nx-drip: ", b"x", _TICK)


async def _send_endless(line: Line, reply: Reply) -> None:
    line.keep = False
    await _repeat(line, _head(line, reply) + reply.body[:-1] + b', "sandbox": "', _BLOCK, 0)


async def _send_interim(line: Line, _reply: Reply) -> None:
    await _repeat(line, _INTERIM, _INTERIM, _TICK)


async def _send_flood(line: Line, _reply: Reply) -> None:
    await _repeat(line, _INTERIM, _INTERIM * 1000, 0)


async def _send_bomb(line: Line, reply: Reply) -> None:
    line.keep = False
    encoding = ", ".join(["gzip"] * reply.layers)
    await line.send(_head(line, reply, f"content-encoding: {encoding}"))
    for block in _pack(_padding(), reply.layers):
        await line.send(block)
        await asyncio.sleep(0)  # others are served meanwhile


def _padding() -> Iterator[bytes]:
    yield b'{"padding": "'
    for _ in range(_BOMB_MEGABYTES):
        yield _MEGABYTE
    yield b'"}'


def _pack(parts: Iterable[bytes], layers: int) -> Iterable[bytes]:
    """Compress again and again, and give on what is ready at once: avoids blocking on a bomb."""
    for _ in range(layers):
        parts = _pack_once(parts)
    return parts


def _pack_once(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, wbits=31)
    for part in parts:
        yield packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


_WAYS: dict[Delivery, Callable[[Line, Reply], Awaitable[None]]] = {
    Delivery.WHOLE: _send_whole,
    Delivery.CHUNKS: _send_chunks,
    Delivery.HALF: _send_half,
    Delivery.NEVER: _send_never,
    Delivery.DRIP: _send_drip,
    Delivery.DRIP_HEAD: _send_drip_head,
    Delivery.ENDLESS: _send_endless,
    Delivery.INTERIM: _send_interim,
    Delivery.FLOOD: _send_flood,
    Delivery.BOMB: _send_bomb,
    Delivery.CLOSE: _close,
    Delivery.RESET: _reset,
}
