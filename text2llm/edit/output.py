"""Files that a command makes beside its result: reports and saved plans."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from text2llm.errors import WriteError
from text2llm.storage.atomic import replace_file

#: What stands there leads to what the process has open, and must not be replaced by a file.
_OPEN_FILES = ("/dev/", "/proc/")


def write_output(path: str, data: bytes) -> None:
    """Put ``data`` in place of the file at ``path``, whole; a pipe or a device is written to.

    Raises:
        WriteError: the operating system refused; a file is as it was.
    """
    if _is_file(path):
        replace_file(path, data)
        return
    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError as error:
        raise WriteError(f"cannot write {path}: {error.strerror}", hint="name another file") from error


def _is_file(path: str) -> bool:
    if os.path.abspath(path).startswith(_OPEN_FILES):
        return False
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return True
    except OSError:
        return False  # writing to it says what is wrong


def is_input(path: str, inputs: Iterable[str]) -> bool:
    """Whether ``path`` leads to one of the files that a command reads."""
    return os.path.realpath(path) in set(map(os.path.realpath, inputs))


def is_pipe(path: str) -> bool:
    """Whether ``path`` leads to a pipe."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except OSError:
        return False
