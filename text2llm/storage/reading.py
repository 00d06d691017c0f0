"""Read untrusted files."""

from __future__ import annotations

import os


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
