"""The loopback server: connections and limits; :mod:`.answers` decides the responses."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from threading import Event, Thread
from typing import NamedTuple, Self

from text2llm.sandbox.answers import Answer, answer, refuse_large
from text2llm.sandbox.delivery import Connection, deliver
from text2llm.sandbox.exchange import SandboxState
from text2llm.sandbox.incoming import MAX_HEAD, Head, MalformedRequestError, read_head
from text2llm.sandbox.record import describe_request
from text2llm.sandbox.scenario import Scenario
from text2llm.sandbox.values import HttpRequest, HttpResponse, Json, Recorded

HOST = "127.0.0.1"
_IDLE_SECONDS = 10.0  # then a silent client is disconnected
_MOST_CONNECTIONS = 512
_MOST_BODY = 8 * 1024 * 1024
_MOST_DRAINED = 256 * 1024 * 1024
_MOST_RECORDED = 100_000
_BLOCK = 65536
_BACKLOG = 1024

Watcher = Callable[[Recorded, int], None]
Recorder = Callable[[Json], None]
Clock = Callable[[], float]
_PLAIN = Scenario()


class _Listeners(NamedTuple):
    watch: Watcher | None
    record: Recorder | None


def serve(  # noqa: PLR0913 - all but the port by name
    port: int = 0,
    *,
    slow: float = 2.0,
    watch: Watcher | None = None,
    record: Recorder | None = None,
    scenario: Scenario = _PLAIN,
    clock: Clock = time.time,
) -> Sandbox:
    """Start a sandbox on 127.0.0.1; port 0 takes a free one.

    ``slow`` is the delay of ``sandbox-slow`` in seconds. ``watch`` is called with each exchange and the status of its
    response, before that is sent, and ``record`` with the values of a record's line. ``clock`` returns the seconds
    since the epoch.

    Raises:
        OSError: the port cannot be used.
    """
    return Sandbox(_listen(port), SandboxState("", scenario, slow), _Listeners(watch, record), clock)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)  # noqa: FBT003 - the socket's own interface
    except OSError:
        listener.close()
        raise
    return listener


class Sandbox:
    """A running sandbox, in its own thread; as a context manager it stops after the block."""

    def __init__(self, listener: socket.socket, state: SandboxState, listeners: _Listeners, clock: Clock) -> None:
        self.port: int = listener.getsockname()[1]
        self._state, self._listeners, self._clock = state, listeners, clock
        state.origin = self.url
        self._recorded: deque[Recorded] = deque(maxlen=_MOST_RECORDED)
        self._listener = listener
        self._ids = count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop
        self._ended: asyncio.Event
        ready = Event()
        self._thread = Thread(target=asyncio.run, args=(self._run(ready),), daemon=True)
        self._thread.start()
        ready.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Its origin: OpenAI's API is at ``/v1``, Anthropic's below the origin itself."""
        return f"http://{HOST}:{self.port}"

    @property
    def requests(self) -> tuple[Recorded, ...]:
        return tuple(self._recorded)

    def close(self) -> None:
        with suppress(RuntimeError):  # the loop has already ended
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    async def _run(self, ready: Event) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        self._loop.add_reader(self._listener, self._accept)
        ready.set()
        await self._ended.wait()
        self._loop.remove_reader(self._listener)
        self._listener.close()
        await asyncio.sleep(0)  # let the connection accepted last start
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self) -> None:
        # asyncio's server leaks a connection that arrives while it closes.
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:  # no more clients, no free descriptor, or the client disconnected
                return
            if len(self._tasks) >= _MOST_CONNECTIONS:
                client.close()
                continue
            task = self._loop.create_task(self._serve_client(client))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve_client(self, client: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=client, limit=MAX_HEAD)
        try:
            await self._serve_requests(Connection(reader, writer))
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass  # the client disconnected or was too slow, or the sandbox stops
        except Exception as error:  # noqa: BLE001 - report the bug and keep serving other connections
            sys.stderr.write(f"sandbox: bug: {type(error).__name__}: {error}\n")
        finally:
            if self._ended.is_set():
                writer.transport.abort()  # without waiting for unsent data
            else:
                writer.close()

    async def _serve_requests(self, connection: Connection) -> None:
        while connection.keep:
            try:
                async with asyncio.timeout(_IDLE_SECONDS):
                    head = await read_head(connection.reader)
            except MalformedRequestError as error:
                connection.keep = False
                await deliver(connection, HttpResponse(error.status))
                return
            if head is None:
                return
            connection.keep, connection.mute = head.keep, head.method == "HEAD"
            if head.waits:
                await connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            found = await self._answer(connection, head)
            if found is None:
                return
            await deliver(connection, found.response)

    async def _answer(self, connection: Connection, head: Head) -> Answer | None:
        """The response to the next request; ``None`` if its body did not arrive."""
        large = head.length > _MOST_BODY
        body = b""
        if not large:
            try:
                async with asyncio.timeout(_IDLE_SECONDS):
                    body = await connection.reader.readexactly(head.length)
            except asyncio.IncompleteReadError:
                return None
        request_id = f"req_sandbox{next(self._ids):06}"
        request = HttpRequest(head.method, head.path, head.query, head.headers, body, request_id, self._clock())
        found = refuse_large(request) if large else answer(request, self._state)
        self._report(request, found)
        if large:
            connection.keep = False
            await self._drain(connection, head.length)
        return found

    def _report(self, request: HttpRequest, found: Answer) -> None:
        recorded = Recorded(request.method, request.path, found.behavior)
        self._recorded.append(recorded)
        if self._listeners.watch:
            self._listeners.watch(recorded, found.response.status)
        if self._listeners.record:
            self._listeners.record(describe_request(request, found, self._state.scenario))

    async def _drain(self, connection: Connection, left: int) -> None:
        """Read the rest of a body: unread bytes would reset the connection before the client reads the response."""
        left = min(left, _MOST_DRAINED)
        while left > 0:
            async with asyncio.timeout(_IDLE_SECONDS):
                block = await connection.reader.read(min(left, _BLOCK))
            left = left - len(block) if block else 0
