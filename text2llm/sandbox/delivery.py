"""How the bytes of a reply travel: whole, late, half, drop by drop, or never."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from select import select
from threading import Event
from typing import TYPE_CHECKING, Protocol

from text2llm.sandbox.values import Delivery, Reply

if TYPE_CHECKING:
    import socket

_TICK = 0.05  # seconds between two looks at whether the client has gone or the sandbox is closing
_BOMB_MEGABYTES = 1024


class Line(Protocol):
    """The connection that a reply goes to."""

    connection: socket.socket
    close_connection: bool

    @property
    def closing(self) -> Event:
        """Set when the sandbox ends."""

    @property
    def slow(self) -> float:
        """The delay of a late reply, in seconds."""

    def send_head(self, reply: Reply, length: int | None) -> None:
        """Send the status line and the headers; no ``length``: the body ends with the connection."""

    def send_bytes(self, data: bytes) -> None:
        """Send raw bytes at once."""


def deliver(line: Line, reply: Reply) -> None:
    """Send a reply in its way. A client that leaves ends it, with the ``OSError`` of its socket."""
    _WAYS[reply.delivery](line, reply)


def _send_whole(line: Line, reply: Reply) -> None:
    line.send_head(reply, len(reply.body))
    line.send_bytes(reply.body)


def _send_late(line: Line, reply: Reply) -> None:
    _wait(line, line.slow)
    _send_whole(line, reply)


def _send_never(line: Line, _reply: Reply) -> None:
    line.close_connection = True
    _wait(line, float("inf"))


def _send_half(line: Line, reply: Reply) -> None:
    line.close_connection = True
    line.send_head(reply, len(reply.body))
    line.send_bytes(reply.body[: len(reply.body) // 2])


def _send_drip(line: Line, reply: Reply) -> None:
    line.send_head(reply, None)
    line.send_bytes(reply.body[:1])
    while _wait(line, _TICK):
        line.send_bytes(b" ")


def _send_interim(line: Line, _reply: Reply) -> None:
    line.close_connection = True
    while _wait(line, _TICK):
        line.send_bytes(b"HTTP/1.1 102 Processing\r\n\r\n")


def _send_bomb(line: Line, reply: Reply) -> None:
    line.send_head(Reply(reply.status, headers={**reply.headers, "content-encoding": "gzip"}), None)
    for block in _bomb():
        line.send_bytes(block)


def _bomb() -> Iterator[bytes]:
    packer = zlib.compressobj(1, wbits=31)
    yield packer.compress(b'{"padding": "')
    megabyte = b"x" * 1_048_576
    for _ in range(_BOMB_MEGABYTES):
        yield packer.compress(megabyte)
    yield packer.compress(b'"}') + packer.flush()


def _wait(line: Line, seconds: float) -> bool:
    """Wait; ``False`` as soon as the sandbox is closing or the client has gone."""
    while seconds > 0:
        if line.closing.wait(min(seconds, _TICK)) or _has_gone(line.connection):
            line.close_connection = True
            return False
        seconds -= _TICK
    return True


def _has_gone(connection: socket.socket) -> bool:
    import socket

    readable, _, _ = select([connection], [], [], 0)
    return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""


_WAYS: dict[Delivery, Callable[[Line, Reply], None]] = {
    Delivery.WHOLE: _send_whole,
    Delivery.LATE: _send_late,
    Delivery.NEVER: _send_never,
    Delivery.HALF: _send_half,
    Delivery.DRIP: _send_drip,
    Delivery.INTERIM: _send_interim,
    Delivery.BOMB: _send_bomb,
}
