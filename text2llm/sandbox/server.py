"""The loopback server: connections and bounds; what it says is decided in :mod:`.answers`."""

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
from text2llm.sandbox.delivery import Line, deliver
from text2llm.sandbox.exchange import World
from text2llm.sandbox.incoming import MAX_HEAD, Head, RefusedError, read_head
from text2llm.sandbox.record import describe_request
from text2llm.sandbox.scenario import Scenario
from text2llm.sandbox.values import Json, Recorded, Reply, Request

HOST = "127.0.0.1"
_IDLE_SECONDS = 10.0  # a client that sends nothing for so long is dropped
_MOST_CONNECTIONS = 512
_MOST_BODY = 8 * 1024 * 1024
_MOST_DRAINED = 256 * 1024 * 1024
_MOST_RECORDED = 100_000
_BLOCK = 65536
_BACKLOG = 1024

Watcher = Callable[[Recorded, int], None]
Recorder = Callable[[Json], None]
_PLAIN = Scenario()


class _Listeners(NamedTuple):
    """Who is told of each exchange before its answer is sent."""

    watch: Watcher | None
    record: Recorder | None


def serve(  # noqa: PLR0913 - all but the port by name
    port: int = 0,
    *,
    slow: float = 2.0,
    watch: Watcher | None = None,
    record: Recorder | None = None,
    scenario: Scenario = _PLAIN,
    clock: Callable[[], float] = time.time,
) -> Sandbox:
    """Start a sandbox on 127.0.0.1; port 0 takes a free one.

    ``slow`` is the delay of ``sandbox-slow`` in seconds. ``watch`` is called with each exchange and the status
    of its answer, before that is sent, and ``record`` with the values of a record's line. ``clock`` tells the
    seconds since the epoch, for everything that expires.
    Raises ``OSError`` when the port cannot be had.
    """
    return Sandbox(_listen(port), World("", scenario, slow), _Listeners(watch, record), clock)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)  # noqa: FBT003 - it is the socket's own
    except OSError:
        listener.close()
        raise
    return listener


class Sandbox:
    """A running sandbox, in a thread of its own; as a context manager it ends with the block."""

    def __init__(self, listener: socket.socket, world: World, told: _Listeners, clock: Callable[[], float]) -> None:
        self.port: int = listener.getsockname()[1]
        world.origin = self.url
        self._server = _Server(listener, world, told, clock)
        self._thread = Thread(target=asyncio.run, args=(self._server.run(),), daemon=True)
        self._thread.start()
        self._server.ready.wait()

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
        """The exchanges so far, in order of arrival."""
        return tuple(self._server.recorded)

    def close(self) -> None:
        """Stop listening, drop every connection, wait for the thread."""
        self._server.stop()
        self._thread.join()


class _Server:
    def __init__(self, listener: socket.socket, world: World, told: _Listeners, clock: Callable[[], float]) -> None:
        self.world, self.told, self.clock = world, told, clock
        self.recorded: deque[Recorded] = deque(maxlen=_MOST_RECORDED)
        self.ready = Event()
        self._listener = listener
        self._ids = count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop
        self._ended: asyncio.Event

    async def run(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        self._loop.add_reader(self._listener, self._accept)
        self.ready.set()
        await self._ended.wait()
        self._loop.remove_reader(self._listener)
        self._listener.close()
        await asyncio.sleep(0)  # the connection that was accepted last gets to its own end
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self) -> None:
        # asyncio's own server leaks a connection that comes while it closes.
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:  # there is no more, no descriptor is left, or the client has gone
                return
            if len(self._tasks) >= _MOST_CONNECTIONS:
                connection.close()
                continue
            task = self._loop.create_task(self._welcome(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        with suppress(RuntimeError):  # the loop has ended before
            self._loop.call_soon_threadsafe(self._ended.set)

    async def _welcome(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=connection, limit=MAX_HEAD)
        try:
            await self._converse(Line(reader, writer))
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass  # the client left, was too slow, or the sandbox ends
        except Exception as error:  # noqa: BLE001 - one line tells of a bug, and the others are served on
            sys.stderr.write(f"sandbox: bug: {type(error).__name__}: {error}\n")
        finally:
            self._hang_up(writer)

    def _hang_up(self, writer: asyncio.StreamWriter) -> None:
        if self._ended.is_set():
            writer.transport.abort()  # nobody waits for what has not been sent
        else:
            writer.close()

    async def _converse(self, line: Line) -> None:
        while line.keep:
            try:
                async with asyncio.timeout(_IDLE_SECONDS):
                    head = await read_head(line.reader)
            except RefusedError as refused:
                line.keep = False
                await deliver(line, Reply(refused.status))
                return
            if head is None:
                return
            line.keep, line.mute = head.keep, head.method == "HEAD"
            if head.waits:
                await line.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            found = await self._answer(line, head)
            if found is None:
                return
            await deliver(line, found.reply)

    async def _answer(self, line: Line, head: Head) -> Answer | None:
        """The answer to the next request; ``None`` when its body never came."""
        large = head.length > _MOST_BODY
        body = b""
        if not large:
            try:
                async with asyncio.timeout(_IDLE_SECONDS):
                    body = await line.reader.readexactly(head.length)
            except asyncio.IncompleteReadError:
                return None
        request = self._make_request(head, body)
        found = refuse_large(request) if large else answer(request, self.world)
        self._record(request, found)
        if large:
            line.keep = False
            await self._drain(line, head.length)
        return found

    def _make_request(self, head: Head, body: bytes) -> Request:
        number = f"req_sandbox{next(self._ids):06}"
        return Request(head.method, head.path, head.query, head.headers, body, number, self.clock())

    def _record(self, request: Request, found: Answer) -> None:
        recorded = Recorded(request.method, request.path, found.behaviour)
        self.recorded.append(recorded)
        if self.told.watch:
            self.told.watch(recorded, found.reply.status)
        if self.told.record:
            self.told.record(describe_request(request, found, self.world.scenario))

    async def _drain(self, line: Line, left: int) -> None:
        """Read on, so that the client gets to read the answer: unread bytes would reset the connection."""
        left = min(left, _MOST_DRAINED)
        while left > 0:
            async with asyncio.timeout(_IDLE_SECONDS):
                block = await line.reader.read(min(left, _BLOCK))
            left = left - len(block) if block else 0
