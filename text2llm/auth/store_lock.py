"""The lock of a credential store, shared with the reference system.

``auth-profiles.json.lock`` beside the store, a file or a directory, means locked. It tells other programs. Among
processes of text2llm the kernel's locks decide: on the directory, and on the file, which also holds between the
machines of a network file system. The process id in the file is for other programs: in another container it is none,
or another process, so no lock is ever broken because of it.
"""

from __future__ import annotations

import os
import stat
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
#: In seconds; a lock of the reference system is abandoned after it: its longest operation, a refresh, takes 120.
_LEASE = 180.0
_MAX_OWNER_BYTES = 4096
_PROGRAM = "text2llm"


@contextmanager
def hold_store_lock(path: str, timeout: float | None = None) -> Iterator[None]:
    """Hold the lock of the store at ``path``.

    ``timeout`` is in seconds (default :data:`TIMEOUT`), for other programs; the wait for text2llm is longer.

    Raises:
        StoreError: another program holds the lock, or the lock file cannot be made.
        WriteError: the directory cannot be locked, or another process of text2llm holds the lock for too long.
    """
    lock = path + ".lock"
    with hold_lock(path):
        handle = _acquire(lock, time.monotonic() + (TIMEOUT if timeout is None else timeout))
        try:
            yield
        finally:
            _release(lock, handle)


def _acquire(lock: str, deadline: float) -> int:
    """A handle of the lock file, which is ours."""
    while True:
        handle = _create(lock)
        if handle is None:
            handle = _take_over(lock)
        if handle is not None:
            return handle
        if time.monotonic() >= deadline:
            raise StoreError(
                f"the credential store is locked by {_name_owner(lock)}: {lock}",
                hint="wait for it to end, or 3 minutes if it was killed; if nothing uses the store, remove the lock",
            )
        time.sleep(_PAUSE)


def _create(lock: str) -> int | None:
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return None
    except OSError as error:
        raise StoreError(
            f"cannot make the lock {lock}: {error.strerror}", hint="check that the agent directory is writable"
        ) from error
    try:
        _flock(handle)
        _sign(handle)
    except OSError as error:
        _release(lock, handle)
        raise StoreError(f"cannot write the lock {lock}: {error.strerror}", hint="free some space") from error
    return handle


def _sign(handle: int) -> None:
    """Write the lock's owner in the reference system's format, with the program's name."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    line = f'{{"pid": {os.getpid()}, "createdAt": "{now}", "program": "{_PROGRAM}"}}\n'.encode()
    os.pwrite(handle, line, 0)
    os.ftruncate(handle, len(line))


def _take_over(lock: str) -> int | None:
    """A handle of the lock file, which is ours now, if its owner has ended; ``None`` if not.

    The file is signed again, not removed: another program could have made a new one meanwhile.
    """
    try:
        handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # a directory or a link, or it is gone
        return None
    with suppress(OSError):
        if _is_left(handle) and _is_at(lock, handle):
            _sign(handle)
            return handle
    os.close(handle)
    return None


def _is_left(handle: int) -> bool:
    """Whether the owner of a lock file has ended: the kernel knows of text2llm, the file's age tells of others."""
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or not _flock(handle):
        return False
    if _read_owner(handle).get("program") == _PROGRAM:
        return True
    return time.time() - status.st_mtime > (_LEASE if status.st_size else _EMPTY_FOR)


def _flock(handle: int) -> bool:
    """Lock a lock file in the kernel; ``False`` if another process has, or the file system has no locks."""
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _name_owner(lock: str) -> str:
    try:
        handle = open_to_read(lock, follow=False)
    except OSError:
        return "another program"
    try:
        pid = _read_owner(handle).get("pid")
    finally:
        os.close(handle)
    return f"process {pid}" if type(pid) is int and 0 < pid < 2**31 else "another program"


def _read_owner(handle: int) -> dict[str, object]:
    """The content of a lock file; empty if it is not a JSON object."""
    import json

    try:
        owner = json.loads(os.pread(handle, _MAX_OWNER_BYTES, 0))
    except (OSError, ValueError, RecursionError):
        return {}
    return owner if isinstance(owner, dict) else {}


def _is_at(lock: str, handle: int) -> bool:
    try:
        return os.path.samestat(os.lstat(lock), os.fstat(handle))
    except FileNotFoundError:
        return False


def _release(lock: str, handle: int) -> None:
    """Remove the lock file, unless another program has replaced it."""
    if _is_at(lock, handle):
        with suppress(FileNotFoundError):
            os.unlink(lock)
    os.close(handle)
