"""An event loop that a slow name server cannot block.

The standard library's loop resolves names in a thread pool that the loop, and then the interpreter, wait for at exit:
a resolver that hangs for half a minute would block the program.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar, final

T = TypeVar("T")
#: Seconds for which a pending lookup is shared.
_SHARED = 1.0


@final
class _Loop(asyncio.SelectorEventLoop):
    """A loop whose name lookups run in threads that nothing waits for.

    Concurrent lookups of one name are shared: many name servers drop a hundred simultaneous queries. A lookup that
    hangs is shared only for a second, so that the next attempt starts a new one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._look_ups: dict[object, asyncio.Future[Any]] = {}

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        name = (host, port, *sorted(options.items()))
        if name not in self._look_ups:
            found = self._look_ups[name] = run_detached(partial(_look_up, host, port, **options))
            found.add_done_callback(lambda _: self._look_ups.pop(name, None))
            self.call_later(_SHARED, self._look_ups.pop, name, None)
        return await asyncio.shield(self._look_ups[name])


def _look_up(host: Any, port: Any, **options: Any) -> Any:
    try:
        return socket.getaddrinfo(host, port, **options)
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "the name cannot be looked up") from None


def run_detached(work: Callable[[], T]) -> asyncio.Future[T]:
    """The future result of ``work`` in a thread that neither the loop nor the end of the program waits for."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: Exception | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, problem = None, None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - raised where the result is awaited
            problem = error
        try:
            loop.call_soon_threadsafe(settle, result, problem)
        except RuntimeError:
            return  # the loop has ended: the result is no longer needed

    threading.Thread(target=run, daemon=True).start()
    return future


def run_async(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine. Ctrl-C cancels it: raise ``KeyboardInterrupt`` unless it still returns a value."""
    with _sniffio_settled(), asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(_stay_awake(main))


async def _stay_awake(main: Coroutine[Any, Any, T]) -> T:
    """Await ``main`` in a loop that every signal wakes up.

    asyncio waits only for its sockets: a signal just before that wait, or in another thread, would be noticed only
    after the next event, which may be minutes away.
    """
    if threading.current_thread() is not threading.main_thread():
        return await main  # only the main thread handles signals
    loop, (inside, outside) = asyncio.get_running_loop(), socket.socketpair()
    with inside, outside:
        for end in (inside, outside):
            end.setblocking(False)  # noqa: FBT003 - the socket's own interface
        loop.add_reader(inside, inside.recv, 4096)
        before = signal.set_wakeup_fd(outside.fileno(), warn_on_full_buffer=False)
        try:
            return await main
        finally:
            signal.set_wakeup_fd(before)
            loop.remove_reader(inside)


@contextmanager
def _sniffio_settled() -> Iterator[None]:
    """Mark an optional module as absent during a run.

    httpcore tries to import it at every lock, and the failing searches of ``sys.path`` took a quarter of the time of
    1,000 probes. It is only used to detect the event loop, which is asyncio here.
    """
    from importlib.util import find_spec

    absent = "sniffio" not in sys.modules and find_spec("sniffio") is None
    if absent:
        sys.modules["sniffio"] = None  # type: ignore[assignment]  # Python's marker for an absent module
    try:
        yield
    finally:
        if absent:
            del sys.modules["sniffio"]
