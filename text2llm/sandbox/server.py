"""The loopback server: threads, sockets and bounds; what it says is decided in :mod:`.behaviours`."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from socketserver import TCPServer
from threading import Event, Lock, Thread
from typing import Any, Self

from text2llm.sandbox.behaviours import answer, begin, name_behaviour, refuse_large
from text2llm.sandbox.delivery import deliver
from text2llm.sandbox.values import Recorded, Reply, Request

HOST = "127.0.0.1"
_IDLE_SECONDS = 10.0  # a client that sends nothing for so long is dropped
_MOST_CONNECTIONS = 512
_MOST_BODY = 8 * 1024 * 1024
_MOST_DRAINED = 256 * 1024 * 1024
_BLOCK = 65536

Watcher = Callable[[Recorded, int], None]


def serve(port: int = 0, *, slow: float = 2.0, watch: Watcher | None = None) -> Sandbox:
    """Start a sandbox on 127.0.0.1; port 0 takes a free one.

    ``slow`` is the delay of ``sandbox-slow`` in seconds. ``watch`` is called with each exchange and the status
    of its answer. Raises ``OSError`` when the port cannot be had.
    """
    return Sandbox(port, slow, watch)


class Sandbox:
    """A running sandbox; as a context manager it ends with the block."""

    def __init__(self, port: int, slow: float, watch: Watcher | None) -> None:
        self._server = _Server(port, slow, watch)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """Its origin: OpenAI's API is at ``/v1``, Anthropic's below the origin itself."""
        return f"http://{HOST}:{self.port}"

    @property
    def requests(self) -> tuple[Recorded, ...]:
        """The exchanges so far, in order of arrival."""
        return tuple(self._server.recorded)

    def close(self) -> None:
        """Stop listening, drop every connection, wait for the threads."""
        self._server.stop()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 256

    def __init__(self, port: int, slow: float, watch: Watcher | None) -> None:
        self.slow = slow
        self.watch = watch
        self.closing = Event()
        self.recorded: list[Recorded] = []
        self.ids = count(1)
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        # The parent looks its own name up in the DNS here, which can take seconds.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - the parent's
        with self._lock:
            if self.closing.is_set() or len(self._connections) >= _MOST_CONNECTIONS:
                return False
            self._connections.add(request)
            return True

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the parent's
        error = sys.exception()
        if not isinstance(error, OSError):  # an OSError is a client that left
            sys.stderr.write(f"sandbox: bug: {type(error).__name__}: {error}\n")

    def stop(self) -> None:
        self.shutdown()
        with self._lock:
            self.closing.set()
            for connection in self._connections:
                _hang_up(connection)
        self.server_close()


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # the client was faster
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "text2llm-sandbox"
    sys_version = ""
    timeout = _IDLE_SECONDS
    server: _Server

    @property
    def closing(self) -> Event:
        return self.server.closing

    @property
    def slow(self) -> float:
        return self.server.slow

    def respond(self) -> None:
        length = self._body_length()
        if length is None:
            return
        request = self._read_request(min(length, _MOST_BODY))
        if request is None:
            self.close_connection = True
            return
        exchange = begin(request)
        too_large = length > _MOST_BODY
        reply = refuse_large(exchange) if too_large else answer(exchange)
        self._record(Recorded(request.method, request.path, name_behaviour(exchange)), reply)
        if too_large:
            self._drain(length - _MOST_BODY)
        deliver(self, reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = respond  # noqa: N815

    def _body_length(self) -> int | None:
        """The declared length of the body; ``None`` when it was refused, as a stranger's framing is."""
        declared = self.headers.get_all("content-length") or ["0"]
        if "transfer-encoding" in self.headers:
            self._refuse(411)
        elif len(declared) > 1 or not (declared[0].isascii() and declared[0].isdigit() and len(declared[0]) < 16):  # noqa: PLR2004
            self._refuse(400)
        else:
            return int(declared[0])
        return None

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        deliver(self, Reply(status))

    def _read_request(self, length: int) -> Request | None:
        body = self.rfile.read(length)
        if len(body) < length:
            return None
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.path.partition("?")[0]
        return Request(self.command, path, headers, body, f"req_sandbox{next(self.server.ids):06}")

    def _record(self, recorded: Recorded, reply: Reply) -> None:
        self.server.recorded.append(recorded)
        if self.server.watch:
            self.server.watch(recorded, reply.status)

    def _drain(self, left: int) -> None:
        """Read on, so that the client gets to read the answer: unread bytes would reset the connection."""
        self.close_connection = True
        left = min(left, _MOST_DRAINED)
        while left > 0:
            block = self.rfile.read(min(left, _BLOCK))
            left = left - len(block) if block else 0

    def send_head(self, reply: Reply, length: int | None) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if length is None:
            self.close_connection = True
        else:
            self.send_header("content-length", str(length))
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()

    def send_bytes(self, data: bytes) -> None:
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Say nothing: ``watch`` tells what is to be told."""
