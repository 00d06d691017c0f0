"""An event loop that a slow name server cannot hold up.

The loop of the standard library resolves names in a pool of threads that it waits for at its end, and the interpreter
waits for them again; a resolver that hangs for half a minute would hang the program with it.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, final

T = TypeVar("T")
#: Seconds for which a look-up that has not ended is shared.
_SHARED = 1.0


@final
class _Loop(asyncio.SelectorEventLoop):
    """A loop whose look-ups run in threads that nothing waits for.

    Those who ask for the same name at the same time share one: a hundred queries at once are more than many a name
    server answers. One that hangs is shared for a second only, so that the next attempt is a new one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._look_ups: dict[object, asyncio.Future[Any]] = {}

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        name = (host, port, *sorted(options.items()))
        if name not in self._look_ups:
            found = self._look_ups[name] = _run_detached(self, lambda: socket.getaddrinfo(host, port, **options))
            found.add_done_callback(lambda _: self._look_ups.pop(name, None))
            self.call_later(_SHARED, self._look_ups.pop, name, None)
        return await asyncio.shield(self._look_ups[name])


def _run_detached(loop: asyncio.AbstractEventLoop, look_up: Callable[[], T]) -> asyncio.Future[T]:
    """What ``look_up`` returns or raises, in a thread of its own."""
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: OSError | None) -> None:
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def work() -> None:
        result, problem = None, None
        try:
            result = look_up()
        except OSError as error:
            problem = error
        except UnicodeError:
            problem = socket.gaierror(socket.EAI_NONAME, "the name cannot be looked up")
        try:
            loop.call_soon_threadsafe(settle, result, problem)
        except RuntimeError:
            return  # the loop has ended: nobody is interested any more

    threading.Thread(target=work, daemon=True).start()
    return future


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end.

    Ctrl-C cancels it; what it returns even so is returned, else ``KeyboardInterrupt`` is raised.
    """
    with _sniffio_settled(), asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(_stay_awake(main))


async def _stay_awake(main: Coroutine[Any, Any, T]) -> T:
    """Await ``main`` in a loop that every signal wakes up.

    asyncio waits for its sockets alone: a signal that comes just before that wait, or to another thread, would be seen
    only after the next event, which may be minutes away.
    """
    if threading.current_thread() is not threading.main_thread():
        return await main  # signals are the main thread's business
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
    """Note for the length of a run that an optional module is absent.

    httpcore tries to import it at every lock, and searching all of ``sys.path`` in vain took a quarter of 1,000 probes.
    It only asks which event loop runs, and that is the one here.
    """
    from importlib.util import find_spec

    absent = "sniffio" not in sys.modules and find_spec("sniffio") is None
    if absent:
        sys.modules["sniffio"] = None  # type: ignore[assignment]  # the language's word for "not there"
    try:
        yield
    finally:
        if absent:
            del sys.modules["sniffio"]
