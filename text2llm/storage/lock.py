"""A lock between processes, keyed by the protected file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from text2llm.errors import WriteError

#: Seconds to wait for another process: longer than a queue of edits or a token refresh takes.
PATIENCE = 120.0
_PAUSE = 0.02


@contextmanager
def hold_lock(path: str, state_dir: str, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock of ``path`` while the block runs; wait up to ``PATIENCE`` seconds for it.

    The lock is an flock on a file in the user's state directory named after the real path, so every link to a file
    shares one lock, nothing is left beside the user's file, and a killed process releases it.

    Raises:
        WriteError: the lock file cannot be created, or another process holds the lock.
    """
    lock = _lock_path(path, state_dir)
    handle = _open_lock_file(lock)
    try:
        if not _try_lock(handle):
            if on_wait is not None:
                on_wait()
            _wait(handle, path, lock)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, path: str, lock: str) -> None:
    import time

    deadline = time.monotonic() + PATIENCE
    while not _try_lock(handle):
        if time.monotonic() >= deadline:
            raise WriteError(
                f"another text2llm has locked {path} for {PATIENCE:g} seconds, so nothing was changed",
                hint=f"end or resume that process: it holds {lock}",
            )
        time.sleep(_PAUSE)


def _try_lock(handle: int) -> bool:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_path(path: str, state_dir: str) -> str:
    import hashlib

    name = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:32] + ".lock"
    return os.path.join(state_dir, "locks", name)


def _open_lock_file(lock: str) -> int:
    folder = os.path.dirname(lock)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise WriteError(
            f"cannot create the lock file in {folder}: {error.strerror}",
            hint="make that directory writable, or set TEXT2LLM_HOME to one that is",
        ) from error
