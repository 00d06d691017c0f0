"""The lock of a credential store, which the reference system honours too.

``auth-profiles.json.lock`` beside the store, a file or a directory, means locked. Processes of text2llm first queue
for a lock that the operating system frees with its process, so that only one of them at a time looks at that file.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from text2llm.errors import StoreError
from text2llm.storage.lock import hold_lock
from text2llm.storage.reading import open_to_read

#: How long to wait for another program, in seconds.
TIMEOUT = 15.0
_PAUSE = 0.05
#: A lock file stays empty only if its maker was killed between making and signing it, in seconds.
_EMPTY_FOR = 30.0
_MAX_OWNER_BYTES = 4096


@contextmanager
def hold_store_lock(path: str, state_dir: str, timeout: float | None = None) -> Iterator[None]:
    """Hold the lock of the store at ``path`` while the block runs.

    ``timeout`` is in seconds (default :data:`TIMEOUT`), for programs other than text2llm; those of text2llm are
    waited for.

    Raises:
        StoreError: another program kept the lock, or the lock file cannot be made.
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
            raise StoreError(
                f"the credential store is locked by {_describe_owner(lock)}: {lock}",
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
    """Write who holds the lock, in the form that the reference system reads."""
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f'{{"pid": {os.getpid()}, "createdAt": "{_timestamp()}"}}\n')


def _timestamp() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())


def _is_stale(lock: str) -> bool:
    """Whether the owner of a lock is known to be gone; one that does not say who it is counts as alive."""
    pid = _read_owner(lock)
    if pid is None:
        return _is_abandoned(lock)
    if pid == os.getpid():
        return True  # of an earlier process with our number: this one makes its lock only after looking
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
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


def _describe_owner(lock: str) -> str:
    pid = _read_owner(lock)
    return "another program" if pid is None else f"process {pid}"


def _release(lock: str) -> None:
    try:
        os.unlink(lock)
    except FileNotFoundError:
        return
