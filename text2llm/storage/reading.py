"""Read untrusted files."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from text2llm.storage.path_walk import PathWalk


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


def read_private(
    path: str, limit: int, forbid: Callable[[os.stat_result], int], *, mounted: bool = False
) -> bytes | tuple[str, str]:
    """At most ``limit`` bytes of a file, or a problem and how to fix it, as :func:`find_exposure` returns them.

    ``forbid`` returns the forbidden mode bits; on a read-only mount, a group may read the file: who mounted it chose
    that. A ``mounted`` file may be in a directory with the sticky bit.

    Raises:
        OSError: it cannot be read.
    """
    from text2llm.storage.path_walk import walk_path

    with walk_path(path, lambda _link: None) as walk:
        exposed = find_exposed_way(walk, mounted=mounted)
    if exposed is not None:
        return exposed
    handle = open_to_read(path)
    try:
        status = os.fstat(handle)
        exposure = _find_exposure_at(handle, path, status, forbid(status))
        if exposure is not None:
            return exposure
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(handle)


def _find_exposure_at(handle: int, path: str, status: os.stat_result, forbidden: int) -> tuple[str, str] | None:
    """As :func:`find_exposure`, for an open file."""
    import stat

    if not os.fstatvfs(handle).f_flag & os.ST_RDONLY:
        return find_exposure(path, status, forbidden)
    forbidden &= ~stat.S_IRGRP
    exposure = find_exposure(path, status, forbidden)
    if exposure is None or not exposure[0].startswith(("is open", "can be written")):
        return exposure
    return exposure[0], "it is on a read-only mount: mount it with the mode 0400 or 0440 (`defaultMode` in Kubernetes)"


def find_exposed_way(walk: PathWalk, *, mounted: bool = False) -> tuple[str, str] | None:
    """Why others can put another file in the place of one, and how to fix that; ``None`` if they cannot.

    Directories above the user's home and read-only mounts are not looked at. In a directory with the sticky bit, others
    can only add files; that counts for the file's own directory, unless the file is ``mounted``.
    """
    import shlex
    import stat

    from text2llm.storage.ownership import is_shared, is_trusted

    for link in walk.links:
        if not is_trusted(link.status.st_uid):
            return f"is reached through a link of another user: {link.path}", "replace that link with one of your own"
    own = walk.folders[-1]
    if not is_trusted(own.status.st_uid):
        return f"is in a directory that belongs to another user: {own.path}", "move it to a directory of your own"
    for folder in reversed(walk.passed):
        mode, sticky = folder.status.st_mode, mounted or folder is not own
        if not is_shared(mode, folder.status.st_gid) or (sticky and mode & stat.S_ISVTX) or _is_fixed(folder.path):
            continue
        return (
            f"can be replaced by others: they can write {folder.path} (mode {stat.S_IMODE(mode):04o})",
            f"look at what is in it, then run `chmod go-w {shlex.quote(folder.path)}`",
        )
    return None


def _is_fixed(folder: str) -> bool:
    """Whether a directory is above the user's home, or mounted read-only, such as the configuration of a container."""
    home = os.path.realpath(os.path.expanduser("~"))
    return home.startswith(folder.rstrip("/") + "/") or bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


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
