"""Streams that the caller has opened, by their paths: they are used where they are, and never truncated."""

from __future__ import annotations

import os
import re
import sys

from text2llm.errors import ReadError
from text2llm.storage.writing import explain_refusal

_NUMBERS = {"/dev/stdout": 1, "/dev/stderr": 2}
#: The shell names a pipe to another command this way: ``--out >(command)``.
_NUMBERED = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,6})")


def find_stream(path: str) -> int | None:
    """The number of the stream that a path names; ``None`` for any other path."""
    numbered = _NUMBERED.fullmatch(path)
    return int(numbered[1]) if numbered else _NUMBERS.get(path)


def find_input(path: str) -> int | None:
    """As :func:`find_stream`, for reading."""
    return 0 if path == "/dev/stdin" else find_stream(path)


def read_stream(path: str, number: int, limit: int) -> bytes:
    """What an open stream holds until its end, at most one byte more than ``limit``.

    Raises:
        ReadError: it is not open for reading.
    """
    try:
        with os.fdopen(os.dup(number), "rb") as stream:
            return stream.read(limit + 1)
    except OSError as error:
        raise ReadError(f"cannot read {path}: {error.strerror}", hint="check what it is connected to") from error


def write_stream(path: str, number: int, data: bytes) -> None:
    """Write to an open stream, after all that was printed.

    Raises:
        WriteError: it is not open, or its reader has gone.
    """
    with explain_refusal(path):
        sys.stdout.flush()
        sys.stderr.flush()
        with os.fdopen(os.dup(number), "wb") as stream:
            stream.write(data)
