"""A lock between processes, keyed by the file that it protects."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from text2llm.errors import WriteError


@contextmanager
def hold_lock(path: str, state_dir: str, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock of ``path`` while the block runs; wait for it as long as it takes.

    The lock is an flock on a file in the user's state directory named after the real path, so every link to a file
    shares one lock, nothing is left beside the user's file, and a killed process frees it.

    Raises:
        WriteError: the lock file cannot be made.
    """
    import fcntl

    handle = _open_lock_file(path, state_dir)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if on_wait is not None:
                on_wait()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _open_lock_file(path: str, state_dir: str) -> int:
    import hashlib

    folder = os.path.join(state_dir, "locks")
    name = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:32] + ".lock"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return os.open(os.path.join(folder, name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise WriteError(
            f"cannot make the lock file in {folder}: {error.strerror}",
            hint="make that directory writable, or set TEXT2LLM_HOME to one that is",
        ) from error
