"""Replace a file atomically: after a crash at any time it is the old one or the new one."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Protocol

from text2llm.storage.writing import LinkChoice, WriteTarget, explain_refusal, open_target

_TEMPORARY = re.compile(r"\.[0-9a-f]{32}\.text2llm-tmp")
#: The bit in the mode of a temporary file, without effect otherwise, that no repository can give a file.
_UNFINISHED = stat.S_ISVTX
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class Replace(Protocol):
    """Replaces a file; ``still_valid`` runs last before the rename and raises to stop it.

    Raises:
        WriteError: the operating system refused; the file is unchanged.
    """

    def __call__(self, data: bytes, still_valid: Callable[[], None] | None = None) -> None: ...


def replace_file(  # noqa: PLR0913 - one parameter for each way in which files differ
    path: str,
    data: bytes,
    *,
    mode: int | None = None,
    still_valid: Callable[[], None] | None = None,
    follow: LinkChoice = LinkChoice.EDITED,
    make: int | None = None,
) -> None:
    """Replace the file at ``path`` durably; mode and owner are kept, and so are the links that ``follow`` allows.

    ``mode`` is for a new file (default 0666 minus the umask) or one to be tightened; ``make`` is that of missing
    directories, which are an error without it. ``still_valid`` runs last before the rename and raises to stop it. The
    caller holds the file's lock.

    Raises:
        WriteError: a link is not followed, or the operating system refused; the file is unchanged.
    """
    with reserve_replacement(path, mode=mode, follow=follow, make=make) as replace:
        replace(data, still_valid)


@contextmanager
def reserve_replacement(
    path: str,
    *,
    mode: int | None = None,
    size: int = 0,
    follow: LinkChoice = LinkChoice.EDITED,
    make: int | None = None,
) -> Iterator[Replace]:
    """Prepare a replacement before its data is known: the temporary file exists, with space for ``size`` bytes.

    The caller holds the file's lock throughout.

    Raises:
        WriteError: a link is not followed, or the operating system refused; the file is unchanged.
    """
    name = f".{os.urandom(16).hex()}.text2llm-tmp"
    with open_target(path, follow, make=make) as target:
        try:
            with explain_refusal(path):
                sweep_leftovers(target.folder)
                file, mode = _open_temporary(target, name, mode)
            with file:
                with explain_refusal(path):
                    _make_room(file, size)

                def replace(data: bytes, still_valid: Callable[[], None] | None = None) -> None:
                    with explain_refusal(path):
                        _write_durably(file, data)
                        if still_valid is not None:
                            still_valid()
                        os.replace(name, target.name, src_dir_fd=target.folder, dst_dir_fd=target.folder)
                        _unmark(file.fileno(), mode)
                        sync_folder(target.folder)

                yield replace
        finally:
            _remove_quietly(name, target.folder)


def create_file(path: str, data: bytes, *, mode: int = 0o666, make: int = 0o777) -> None:
    """Write a file that must not exist; missing directories are made with the mode ``make``.

    Raises:
        WriteError: it exists, a link is not followed, or the operating system refused.
    """
    with open_target(path, LinkChoice.OWN, make=make) as target, explain_refusal(path):
        handle = target.open(os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)


def check_replaceable(path: str) -> None:
    """Check that :func:`replace_file` would replace the file at ``path``, as far as its mode says; nothing is written.

    Raises:
        WriteError: a link is not followed, or the file is read-only.
    """
    with open_target(path, LinkChoice.EDITED) as target, explain_refusal(path):
        _find_writable(target)


def check_creatable(path: str) -> None:
    """Check the way to a file that :func:`create_file` is to write; nothing is made.

    Raises:
        WriteError: a link is not followed, or what should be a directory is none.
    """
    while (folder := os.path.dirname(path)) and not os.path.lexists(folder):
        path = folder
    with open_target(path, LinkChoice.OWN):
        pass


def sweep_leftovers(folder: int) -> None:
    """Remove temporary files that killed processes left in an open directory.

    They are known by more than their name: the user's own, with a bit in the mode that no repository can set, and not
    locked, because the kernel releases the lock when the process ends, in whatever container that was.
    """
    for name in filter(_TEMPORARY.fullmatch, os.listdir(folder)):
        with suppress(OSError):
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _is_leftover(os.fstat(handle)):
                    os.unlink(name, dir_fd=folder)
            finally:
                os.close(handle)


def _is_leftover(status: os.stat_result) -> bool:
    own_file = (stat.S_IFREG, os.geteuid(), 1) == (stat.S_IFMT(status.st_mode), status.st_uid, status.st_nlink)
    return own_file and bool(status.st_mode & _UNFINISHED)


def sync_folder(folder: int) -> None:
    """Make a rename in an open directory survive a power cut."""
    os.fsync(folder)


def _open_temporary(target: WriteTarget, name: str, mode: int | None) -> tuple[BinaryIO, int]:
    """Make the temporary file; the mode is the one that the file is to have in the end."""
    like = _find_writable(target)
    if mode is None:
        mode = stat.S_IMODE(like.st_mode) & ~_UNFINISHED if like else 0o666 & ~_umask()
    handle = target.open(os.O_CREAT | os.O_EXCL, 0o600, name=name)
    try:
        if like is not None and (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
            _keep_owner(handle, like)
        os.fchmod(handle, mode)
        _mark_unfinished(handle, mode)
    except OSError:
        os.close(handle)
        raise
    # Unbuffered: closing the file would retry writing a failed buffer.
    return os.fdopen(handle, "wb", buffering=0), mode


def _find_writable(target: WriteTarget) -> os.stat_result | None:
    """The file at ``target``, if any; a rename would also replace a device or a read-only file."""
    found = target.find_existing()
    if found is not None and not found.st_mode & _WRITABLE:
        raise OSError(errno.EACCES, "it is read-only")
    return found


def _mark_unfinished(handle: int, mode: int) -> None:
    """Mark a temporary file as one to remove when its process is gone; it is locked first, so none is removed early."""
    with suppress(OSError):  # on a file system without locks or such modes, a leftover stays
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.fchmod(handle, mode | _UNFINISHED)


def _unmark(handle: int, mode: int) -> None:
    """Take the mark from a file that has its name; that it stays would do no harm."""
    with suppress(OSError):
        os.fchmod(handle, mode)


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


def _remove_quietly(name: str, folder: int) -> None:
    with suppress(OSError):  # it is gone after a rename; on a read-only file system it was never there
        os.unlink(name, dir_fd=folder)
