"""Files that a command writes beside its result: reports and saved plans."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from text2llm.errors import WriteError
from text2llm.storage.atomic import replace_file

#: Paths of open files, which must not be replaced.
_OPEN_FILES = ("/dev/", "/proc/")


def write_output(path: str, data: bytes, *, append: bool = False) -> None:
    """Replace the file at ``path`` as a whole, or append to it; write to a pipe or a device.

    Raises:
        WriteError: the operating system refused; a file is as it was.
    """
    if not append and _is_file(path):
        replace_file(path, data)
        return
    try:
        with open(path, "ab" if append else "wb") as file:
            file.write((_find_gap(path) if append and file.tell() else b"") + data)
    except OSError as error:
        raise WriteError(f"cannot write {path}: {error.strerror}", hint="name another file") from error


def _find_gap(path: str) -> bytes:
    """What ends the last line of a file and adds an empty one, which a heading needs above it."""
    try:
        with open(path, "rb") as file:
            file.seek(-1, os.SEEK_END)
            return b"\n" if file.read() == b"\n" else b"\n\n"
    except OSError:
        return b"\n\n"  # it can be written, but not read


def _is_file(path: str) -> bool:
    if os.path.abspath(path).startswith(_OPEN_FILES):
        return False
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return True
    except OSError:
        return False  # writing reports the error


def is_input(path: str, inputs: Iterable[str]) -> bool:
    """Whether ``path`` is one of the files that a command reads."""
    return os.path.realpath(path) in set(map(os.path.realpath, inputs))


def is_pipe(path: str) -> bool:
    """Whether ``path`` leads to a pipe."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except OSError:
        return False
