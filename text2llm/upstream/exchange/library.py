"""The one place where identity libraries of the clouds run: they block, may raise anything, and start programs.

A library runs in a thread that nothing waits for. When its work is no longer awaited (at the deadline, at Ctrl-C), the
programs that it started are ended. None of them gets a variable with a credential.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from functools import partial
from threading import Lock
from typing import Any, TypeVar, final

from text2llm.net.loop import run_detached
from text2llm.storage.child import end_session
from text2llm.storage.child_environment import make_environment
from text2llm.upstream.verdict import Reason, Verdict

T = TypeVar("T")


@final
class _Programs:
    """The programs that a library started for one exchange."""

    def __init__(self) -> None:
        self._lock, self._over = Lock(), False
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, command: Sequence[str], names: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
        options |= {"env": make_environment(options.get("env", os.environ), *names), "stdin": subprocess.DEVNULL}
        with self._lock:
            if self._over:
                raise TimeoutError
            process = subprocess.Popen(command, start_new_session=True, **options)  # noqa: S603
            self._started.append(process)
        return process

    def end(self) -> None:
        with self._lock:
            self._over = True
        for process in self._started:
            if process.returncode is None:
                end_session(process)


_PROGRAMS: ContextVar[_Programs] = ContextVar("programs")


async def run_library(work: Callable[[], T]) -> T:
    """Await a library's work; an exception of it is raised here, too."""
    programs, context = _Programs(), copy_context()
    context.run(_PROGRAMS.set, programs)
    try:
        return await run_detached(partial(context.run, work))
    finally:
        programs.end()


def start_program(command: Sequence[str], *names: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start a program for a library, with the variables of ``names`` and those that every program gets."""
    return _PROGRAMS.get().start(command, names, **options)


def attempt(problem: str, hint: str, work: Callable[[], T]) -> T | Verdict:
    """What a library's code returns; or the verdict of whatever it raises: its type alone, a text may quote secrets.

    Raises:
        ImportError: the library is not installed.
    """
    try:
        return work()
    except ImportError:
        raise
    except Exception as error:  # noqa: BLE001 - the libraries' own errors are not all that they raise
        return Verdict(Reason.UNRESOLVED_REF, f"{problem}: {type(error).__name__}", hint)
