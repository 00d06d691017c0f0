"""Replacing a file whole: after a crash at any moment it is the old one or the new one."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Protocol

from text2llm.errors import WriteError

_LEFTOVER = ".text2llm-tmp"
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class Replace(Protocol):
    """Puts ``data`` in place of a file; ``still_valid`` runs last before the rename and raises to stop it."""

    def __call__(self, data: bytes, still_valid: Callable[[], None] | None = None) -> None:
        """Raise :class:`WriteError` when the operating system refuses; the file is as it was."""


def replace_file(
    path: str, data: bytes, *, mode: int | None = None, still_valid: Callable[[], None] | None = None
) -> None:
    """Put ``data`` in place of the file at ``path``, durably; links are resolved, mode and owner kept.

    ``mode`` is for a file that does not exist yet (default 0644 less the umask) or must be tightened.
    ``still_valid`` runs last before the rename and raises to stop it. The caller holds the file's lock.

    Raises:
        WriteError: the operating system refused; the file is as it was.
    """
    with reserve_replacement(path, mode=mode) as replace:
        replace(data, still_valid)


@contextmanager
def reserve_replacement(path: str, *, mode: int | None = None, size: int = 0) -> Iterator[Replace]:
    """Do all of a replacement that can fail before its data are known, and give what does the rest.

    The temporary file is there, with room for ``size`` bytes. The caller holds the file's lock throughout.

    Raises:
        WriteError: the operating system refused; the file is as it was.
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
        if os.path.lexists(temporary):  # on a read-only file system there is none, nor may any be removed
            _remove_quietly(temporary)


@contextmanager
def _explain_refusal(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"cannot write {path}: {error.strerror}",
            hint="the file is as it was; mend the cause and run the command again",
        ) from error


def sweep_leftovers(target: str) -> None:
    """Remove temporary files that killed runs left beside ``target``; those of runs that go on stay.

    Not every file has a lock: a cache is written by whoever comes last.
    """
    folder, name = os.path.split(target)
    left = re.compile(rf"\.{re.escape(name)}\.([0-9]{{1,10}}){re.escape(_LEFTOVER)}")
    for entry in os.listdir(folder):
        matched = left.fullmatch(entry)
        if matched is not None and not _is_running(int(matched[1])):
            _remove_quietly(os.path.join(folder, entry))


def _is_running(process: int) -> bool:
    """Whether there is another process of this number; our own has nothing left over from before."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def sync_folder(folder: str) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _existing(target: str) -> os.stat_result | None:
    """What is at ``target`` now; a rename would replace a device, or a file that someone made read-only, as well."""
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
    # Unbuffered: a buffer that could not be written would be tried again when the file is closed.
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
    # Only root may give a file away; for others the new file is theirs, as with any editor that saves by renaming.
    if os.geteuid() == 0:
        os.fchown(handle, like.st_uid, like.st_gid)


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _remove_quietly(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
