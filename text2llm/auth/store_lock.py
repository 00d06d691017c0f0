"""The lock of a credential store, shared with the reference system.

``auth-profiles.json.lock`` beside the store, a file or a directory, means locked. Processes of text2llm first queue
for an operating system lock, so that only one at a time checks that file.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from text2llm.errors import StoreError
from text2llm.storage.lock import hold_lock
from text2llm.storage.reading import open_to_read

#: In seconds.
TIMEOUT = 15.0
_PAUSE = 0.05
#: In seconds; a lock file stays empty only if its owner was killed between creating and writing it.
_EMPTY_FOR = 30.0
_MAX_OWNER_BYTES = 4096


@contextmanager
def hold_store_lock(path: str, state_dir: str, timeout: float | None = None) -> Iterator[None]:
    """Hold the lock of the store at ``path``.

    ``timeout`` is in seconds (default :data:`TIMEOUT`), for other programs; the wait for text2llm is unlimited.

    Raises:
        StoreError: another program holds the lock, or the lock file cannot be made.
    """
    lock = path + ".lock"
    with hold_lock(path, state_dir):
        _acquire(lock, time.monotonic() + (TIMEOUT if timeout is None else timeout))
        try:
            yield
        finally:
            _release(lock)


def _acquire(lock: str, deadline: float) -> None:
    while not _try_create(lock):
        if _is_stale(lock):
            _release(lock)
        elif time.monotonic() >= deadline:
            pid = _read_owner(lock)
            owner = "another program" if pid is None else f"process {pid}"
            raise StoreError(
                f"the credential store is locked by {owner}: {lock}",
                hint="wait for it to end; if nothing uses the store any more, remove the lock",
            )
        else:
            time.sleep(_PAUSE)


def _try_create(lock: str) -> bool:
    try:
        handle = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise StoreError(
            f"cannot make the lock {lock}: {error.strerror}", hint="check that the agent directory is writable"
        ) from error
    try:
        _sign(handle)
    except OSError as error:
        _release(lock)
        raise StoreError(f"cannot write the lock {lock}: {error.strerror}", hint="free some space") from error
    return True


def _sign(handle: int) -> None:
    """Write the lock's owner in the reference system's format."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f'{{"pid": {os.getpid()}, "createdAt": "{now}"}}\n')


def _is_stale(lock: str) -> bool:
    """Whether the owner of a lock has ended; an unknown owner has not."""
    pid = _read_owner(lock)
    if pid is None:
        return _is_abandoned(lock)
    if pid == os.getpid():
        return True  # left by an earlier process with our id: we have not created ours yet
    try:
        os.kill(pid, 0)
    except OSError as error:
        return isinstance(error, ProcessLookupError)
    return False


def _is_abandoned(lock: str) -> bool:
    try:
        status = os.lstat(lock)
    except FileNotFoundError:
        return False
    return status.st_size == 0 and not os.path.isdir(lock) and time.time() - status.st_mtime > _EMPTY_FOR


def _read_owner(lock: str) -> int | None:
    import json

    try:
        handle = open_to_read(lock, follow=False)
        with os.fdopen(handle, "rb") as file:
            owner = json.loads(file.read(_MAX_OWNER_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    pid = owner.get("pid") if isinstance(owner, dict) else None
    return pid if isinstance(pid, int) and 0 < pid < 2**31 else None


def _release(lock: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(lock)
