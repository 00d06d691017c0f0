"""Read untrusted files."""

from __future__ import annotations

import os
from collections.abc import Callable


def open_to_read(path: str, *, follow: bool = True) -> int:
    """Open a file without blocking, so that a FIFO in its place does not hang.

    Raises:
        OSError: it cannot be opened, or is a link and ``follow`` is false.
    """
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW))


def read_cache_file(path: str, limit: int) -> bytes:
    """At most ``limit`` bytes of a cache file; empty if it is not a regular, readable file."""
    import stat

    try:
        handle = open_to_read(path, follow=False)
        with os.fdopen(handle, "rb") as file:
            return file.read(limit) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
    except OSError:
        return b""


def read_private(path: str, limit: int, forbid: Callable[[os.stat_result], int]) -> bytes | tuple[str, str]:
    """At most ``limit`` bytes of a file, or a problem and how to fix it, as :func:`find_exposure` returns them.

    ``forbid`` returns the forbidden mode bits.

    Raises:
        OSError: it cannot be read.
    """
    handle = open_to_read(path)
    try:
        status = os.fstat(handle)
        exposure = find_exposure(path, status, forbid(status))
        if exposure is not None:
            return exposure
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(handle)


def find_exposure(path: str, status: os.stat_result, forbidden: int) -> tuple[str, str] | None:
    """Why a file is not the user's own or has ``forbidden`` mode bits, and how to fix that; ``None`` if it is fine."""
    import shlex
    import stat

    if not stat.S_ISREG(status.st_mode):
        return "is not a regular file", "move it away"
    if status.st_uid not in (os.geteuid(), 0):
        return "belongs to another user", "run as its owner, or take it over with `chown` after reading it"
    if not status.st_mode & forbidden:
        return None
    mode, name = f"(mode {stat.S_IMODE(status.st_mode):04o})", shlex.quote(path)
    if forbidden & stat.S_IROTH:
        return f"is open to others {mode}", f"run `chmod 600 {name}`, and replace its secrets if others may know them"
    return f"can be written by others {mode}", f"read it, then run `chmod go-w {name}`"
