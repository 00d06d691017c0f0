"""A lock between processes: the kernel's own, on the directory that holds the protected file."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from text2llm.errors import WriteError

#: Seconds to wait for another process: longer than a queue of edits or a token refresh takes.
PATIENCE = 120.0
#: Seconds between two attempts: random within these bounds, so that no waiting process is always the later one.
_PAUSES = (0.005, 0.035)
#: The directories, as device and inode, that the running block has locked: a second handle would wait for the first.
_HELD: ContextVar[frozenset[tuple[int, int]]] = ContextVar("held", default=frozenset())


@contextmanager
def hold_lock(path: str, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock of ``path`` while the block runs; wait up to ``PATIENCE`` seconds for it.

    The lock is an flock on the directory of the real file: all its files and every link to them share it, also between
    containers that share only that directory. Nothing is left behind, and a killed process releases it. A block that
    holds it can take it again.

    Raises:
        WriteError: the directory cannot be locked, or another process holds the lock.
    """
    if _is_held(path):
        yield
        return
    handle = _wait_for(path, on_wait)
    outside = _HELD.set(_HELD.get() | {_identify(os.fstat(handle))})
    try:
        yield
    finally:
        _HELD.reset(outside)
        _release(handle)


def _is_held(path: str) -> bool:
    held = _HELD.get()
    with suppress(OSError):
        return bool(held) and _identify(os.stat(_folder_of(path))) in held
    return False


def _wait_for(path: str, on_wait: Callable[[], None] | None) -> int:
    """A handle of the directory of ``path``, locked."""
    deadline = time.monotonic() + PATIENCE
    handle = _try_lock(_folder_of(path))
    if handle is None and on_wait is not None:
        on_wait()
    while handle is None:
        if time.monotonic() >= deadline:
            folder = _folder_of(path)
            raise WriteError(
                f"another process has locked the directory {folder} for {PATIENCE:g} seconds, so nothing was changed",
                hint="end or resume that process; `lsof` with that directory names it. A script that holds it itself, "
                "as `flock .` does, has to lock another file",
            )
        _pause()
        handle = _try_lock(_folder_of(path))
    return handle


def _pause() -> None:
    import random

    time.sleep(random.uniform(*_PAUSES))  # noqa: S311 - no secret


def _try_lock(folder: str) -> int | None:
    """A handle of the locked directory; ``None`` if it is locked, or another directory has taken its place."""
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _refuse(folder, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), os.stat(folder)):
            return handle
    except BlockingIOError:
        pass
    except OSError as error:
        os.close(handle)
        raise _refuse(folder, error) from error
    os.close(handle)
    return None


def _refuse(folder: str, error: OSError) -> WriteError:
    return WriteError(
        f"cannot lock the directory {folder}: {error.strerror}",
        hint="it must exist, be readable, and be on a file system with locks",
    )


def _release(handle: int) -> None:
    import fcntl

    fcntl.flock(handle, fcntl.LOCK_UN)  # closing alone would leave it to a child that has inherited the handle
    os.close(handle)


def _folder_of(path: str) -> str:
    return os.path.dirname(os.path.realpath(path))


def _identify(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
