"""Append to files, some of which readers may follow as they grow."""

from __future__ import annotations

import errno
import os

from text2llm.errors import WriteError
from text2llm.storage.writing import LinkChoice, WriteTarget, explain_refusal, open_target


def open_to_append(path: str, follow: LinkChoice) -> int:
    """Open a file for appending; it is created if missing, and keeps its content.

    Raises:
        WriteError: it cannot be opened, a link to it is not followed, or it is not a regular file.
    """
    with open_target(path, follow) as target, explain_refusal(path):
        try:
            return target.open(os.O_CREAT | os.O_APPEND)
        except OSError as error:
            if error.errno == errno.ELOOP:  # with O_NOFOLLOW, that is what a link is
                raise WriteError(
                    f"cannot write {path}: it is a link", hint="name the file that it leads to, or remove the link"
                ) from error
            raise


def append_file(path: str, data: bytes) -> None:
    """Append to a document of others, whose user named it, below an empty line.

    Raises:
        WriteError: as :func:`open_to_append`, or the operating system refused.
    """
    with open_target(path, LinkChoice.NAMED) as target, explain_refusal(path):
        gap = _find_gap(target)
        with os.fdopen(target.open(os.O_CREAT | os.O_APPEND), "ab") as file:
            file.write(gap + data)
            file.flush()


def _find_gap(target: WriteTarget) -> bytes:
    """What ends the last line of a file and adds an empty one, which a heading needs above it."""
    try:
        handle = target.open_to_read()
    except FileNotFoundError:
        return b""
    except PermissionError:
        return b"\n\n"
    try:
        size = os.fstat(handle).st_size
        return (b"\n" if os.pread(handle, 1, size - 1) == b"\n" else b"\n\n") if size else b""
    finally:
        os.close(handle)


class LineFile:
    """An open file for appending lines; it is created if missing, and keeps its content.

    Each line is one write at the end of the file, so that several processes may share it.

    Raises:
        WriteError: it cannot be opened, is a link, or is not a regular file.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._handle = open_to_append(path, LinkChoice.OWN)

    def add(self, line: str) -> None:
        """Append a line and a newline.

        Raises:
            WriteError: the operating system refused.
        """
        data = f"{line}\n".encode()
        with explain_refusal(self._path):
            written = os.write(self._handle, data)
        if written < len(data):
            raise WriteError(f"cannot write {self._path}: no space for the whole line", hint="free some space")

    def close(self) -> None:
        os.close(self._handle)
