"""Reading files that somebody else may have put there."""

from __future__ import annotations

import os


def open_to_read(path: str, *, follow: bool = True) -> int:
    """A handle of a file; not blocking, since a FIFO in its place must give an answer, not a hang.

    Raises:
        OSError: it cannot be opened, or is a link and ``follow`` is not wanted.
    """
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW))


def read_cache_file(path: str, limit: int) -> bytes:
    """At most ``limit`` bytes of a file that nobody would miss; none of what is no regular file, or cannot be read."""
    import stat

    try:
        handle = open_to_read(path, follow=False)
        with os.fdopen(handle, "rb") as file:
            return file.read(limit) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
    except OSError:
        return b""
