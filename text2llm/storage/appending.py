"""Append lines to a file that readers may follow as it grows."""

from __future__ import annotations

import os

from text2llm.errors import WriteError


class LineFile:
    """An open file for appending lines; it is created if missing, and keeps its content.

    Each line is one write at the end of the file, so that several processes may share it.

    Raises:
        WriteError: it cannot be opened, is a link, or is not a regular file.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            self._handle = os.open(path, flags, 0o666)
        except OSError as error:
            raise self._refuse(error.strerror) from error
        if not _is_regular(self._handle):
            self.close()
            raise self._refuse("it is not a regular file")

    def add(self, line: str) -> None:
        """Append a line and a newline.

        Raises:
            WriteError: the operating system refused.
        """
        data = f"{line}\n".encode()
        try:
            written = os.write(self._handle, data)
        except OSError as error:
            raise self._refuse(error.strerror) from error
        if written < len(data):
            raise self._refuse("no space for the whole line")

    def close(self) -> None:
        os.close(self._handle)

    def _refuse(self, why: str | None) -> WriteError:
        return WriteError(f"cannot write {self._path}: {why}", hint="use a writable or new file")


def _is_regular(handle: int) -> bool:
    import stat

    return stat.S_ISREG(os.fstat(handle).st_mode)
