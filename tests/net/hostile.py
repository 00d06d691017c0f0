"""Loopback servers that misbehave at socket level: a script handles each connection."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from text2llm.trust.origin import Origin

Script = Callable[[socket.socket], None]


@dataclass
class Listener:
    """A listening port and what it received."""

    origin: Origin
    received: list[bytes] = field(default_factory=list)

    @property
    def connections(self) -> int:
        return len(self.received)


@contextmanager
def listen(script: Script, context: ssl.SSLContext | None = None, *, reads: bool = True) -> Iterator[Listener]:
    """Run ``script`` for every connection, by default after its request was read."""
    server = socket.create_server(("127.0.0.1", 0))
    listener = Listener(Origin("https" if context else "http", "127.0.0.1", server.getsockname()[1]))
    threads: list[threading.Thread] = []
    open_sockets: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        slot = len(listener.received)
        listener.received.append(b"")
        try:
            if context is not None:
                connection = context.wrap_socket(connection, server_side=True)
            listener.received[slot] = read_request(connection) if reads else b""
            script(connection)
        except OSError:
            pass  # the client disconnected, as expected
        finally:
            connection.close()

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            open_sockets.append(connection)
            threads.append(threading.Thread(target=handle, args=(connection,)))
            threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield listener
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        acceptor.join()
        for connection in open_sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in threads:
            thread.join()


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        block = connection.recv(65536)
        if not block:
            return data
        data += block
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    while len(body) < length:
        block = connection.recv(65536)
        if not block:
            break  # it disconnected during its request
        body += block
    return head + b"\r\n\r\n" + body


def say(*parts: bytes) -> Script:
    """A script that sends ``parts`` and closes."""

    def script(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return script


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> Script:
    """A script that sends a whole response."""
    lines = (b"HTTP/1.1 " + status, b"content-length: %d" % len(body), *headers)
    return say(b"\r\n".join(lines) + b"\r\n\r\n" + body)


def repeat(start: bytes, block: bytes, pause: float = 0.0) -> Script:
    """A script that sends ``block`` until the client disconnects."""
    ended = threading.Event()

    def script(connection: socket.socket) -> None:
        connection.sendall(start)
        while not ended.wait(pause) if pause else True:
            connection.sendall(block)

    return script
