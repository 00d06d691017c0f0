"""Replace a file atomically: after a crash at any time it is the old one or the new one."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Protocol

from text2llm.errors import WriteError

_LEFTOVER = ".text2llm-tmp"
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class Replace(Protocol):
    """Replaces a file; ``still_valid`` runs last before the rename and raises to stop it.

    Raises:
        WriteError: the operating system refused; the file is unchanged.
    """

    def __call__(self, data: bytes, still_valid: Callable[[], None] | None = None) -> None: ...


def replace_file(
    path: str, data: bytes, *, mode: int | None = None, still_valid: Callable[[], None] | None = None
) -> None:
    """Replace the file at ``path`` durably; links are resolved, mode and owner kept.

    ``mode`` is for a new file (default 0666 minus the umask) or one to be tightened. ``still_valid`` runs last before
    the rename and raises to stop it. The caller holds the file's lock.

    Raises:
        WriteError: the operating system refused; the file is unchanged.
    """
    with reserve_replacement(path, mode=mode) as replace:
        replace(data, still_valid)


@contextmanager
def reserve_replacement(path: str, *, mode: int | None = None, size: int = 0) -> Iterator[Replace]:
    """Prepare a replacement before its data is known: the temporary file exists, with space for ``size`` bytes.

    The caller holds the file's lock throughout.

    Raises:
        WriteError: the operating system refused; the file is unchanged.
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}{_LEFTOVER}")
    try:
        with _explain_refusal(path):
            sweep_leftovers(target)
            file = _open_temporary(temporary, _existing(target), mode)
        with file:
            with _explain_refusal(path):
                _make_room(file, size)

            def replace(data: bytes, still_valid: Callable[[], None] | None = None) -> None:
                with _explain_refusal(path):
                    _write_durably(file, data)
                    if still_valid is not None:
                        still_valid()
                    os.replace(temporary, target)
                    sync_folder(folder)

            yield replace
    finally:
        if os.path.lexists(temporary):  # not on a read-only file system, where removing it would fail
            _remove_quietly(temporary)


@contextmanager
def _explain_refusal(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"cannot write {path}: {error.strerror}",
            hint="the file is unchanged; fix the cause and run the command again",
        ) from error


def sweep_leftovers(target: str) -> None:
    """Remove temporary files that killed processes left beside ``target``; keep those of running processes.

    Not every file has a lock: for a cache, the last writer wins.
    """
    folder, name = os.path.split(target)
    left = re.compile(rf"\.{re.escape(name)}\.([0-9]{{1,10}}){re.escape(_LEFTOVER)}")
    for entry in os.listdir(folder):
        matched = left.fullmatch(entry)
        if matched is not None and not _is_running(int(matched[1])):
            _remove_quietly(os.path.join(folder, entry))


def _is_running(process: int) -> bool:
    """Whether another process has this id; a leftover with our own id is from an earlier process."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # it runs as another user
    return True


def sync_folder(folder: str) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _existing(target: str) -> os.stat_result | None:
    """The file at ``target``, if any; a rename would also replace a device or a read-only file."""
    try:
        found = os.stat(target)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
    if not found.st_mode & _WRITABLE:
        raise OSError(errno.EACCES, "it is read-only")
    return found


def _open_temporary(path: str, like: os.stat_result | None, mode: int | None) -> BinaryIO:
    if mode is None:
        mode = stat.S_IMODE(like.st_mode) if like else 0o666 & ~_umask()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if like is not None and (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
            _keep_owner(handle, like)
        os.fchmod(handle, mode)
    except OSError:
        os.close(handle)
        raise
    # Unbuffered: closing the file would retry writing a failed buffer.
    return os.fdopen(handle, "wb", buffering=0)


def _make_room(file: BinaryIO, size: int) -> None:
    _write_all(file, bytes(size))
    file.seek(0)


def _write_durably(file: BinaryIO, data: bytes) -> None:
    _write_all(file, data)
    file.truncate()
    os.fsync(file.fileno())


def _write_all(file: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _keep_owner(handle: int, like: os.stat_result) -> None:
    # Only root can keep another owner; as with editors that save by renaming, the new file is otherwise the user's.
    if os.geteuid() == 0:
        os.fchown(handle, like.st_uid, like.st_gid)


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _remove_quietly(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)
