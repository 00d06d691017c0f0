"""The one place where identity libraries of the clouds run: they block, may raise anything, and start programs.

A library runs in a thread that nothing waits for. When its work is no longer awaited (at the deadline, at Ctrl-C), the
programs that it started are ended. None of them gets a variable with a credential.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar, copy_context
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, TypeVar, final

from text2llm.child import child_environ, close_pipes, end_session, start_child
from text2llm.net.loop import run_detached
from text2llm.upstream.verdict import Reason, Verdict

if TYPE_CHECKING:
    from text2llm.child import Child

T = TypeVar("T")


@final
class _Programs:
    """The programs that a library started for one exchange."""

    def __init__(self) -> None:
        self._lock, self._over = Lock(), False
        self._started: list[Child] = []

    def start(self, command: Sequence[str], environ: Mapping[str, str]) -> Child:
        with self._lock:
            if self._over:
                raise TimeoutError
            process = start_child(command, environ, piped=("stdout", "stderr"), apart=True)
            self._started.append(process)
        return process

    def end(self) -> None:
        with self._lock:
            self._over = True
        for process in self._started:
            if process.returncode is None:
                end_session(process)
            close_pipes(process)


_PROGRAMS: ContextVar[_Programs] = ContextVar("programs")


async def run_library(work: Callable[[], T]) -> T:
    """Await a library's work; an exception of it is raised here, too."""
    programs, context = _Programs(), copy_context()
    context.run(_PROGRAMS.set, programs)
    try:
        return await run_detached(partial(context.run, work))
    finally:
        programs.end()


def start_program(command: Sequence[str], environ: Mapping[str, str], *names: str) -> Child:
    """Start a program for a library, with the variables of ``names`` and those that every program gets."""
    return _PROGRAMS.get().start(command, child_environ(environ, names))


def attempt(problem: str, hint: str, work: Callable[[], T]) -> T | Verdict:
    """What a library's code returns; or the verdict of whatever it raises: its type alone, a text may quote secrets.

    Raises:
        ModuleNotFoundError: the library is not installed.
    """
    try:
        return work()
    except ModuleNotFoundError:
        raise
    except Exception as error:  # noqa: BLE001 - the libraries' own errors are not all that they raise
        return Verdict(Reason.UNRESOLVED_REF, f"{problem}: {type(error).__name__}", hint)
