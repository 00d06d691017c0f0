"""Objects of a repository, read one after another by a single ``git cat-file --batch``: starting git takes longer."""

from __future__ import annotations

import os
import select
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, final

from text2llm.child import start_child

if TYPE_CHECKING:
    from text2llm.child import Child

_PIECE = 1 << 16


class TooLargeError(Exception):
    """An object has more bytes than the limit."""


@final
class Objects:
    """A running git. After an error it is stopped; it also is when this value is no longer used."""

    __slots__ = ("__weakref__", "_buffer", "_process", "_time_limit", "stop")

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], time_limit: float) -> None:
        """``time_limit`` is in seconds, for each wait."""
        import weakref

        self._process = start_child(command, environ, piped=("stdin", "stdout"), buffered=False)
        self._buffer, self._time_limit = bytearray(), time_limit
        self.stop = weakref.finalize(self, _stop, self._process)

    def read(self, name: str, kind: bytes, limit: int) -> bytes:
        """The content of the object with an id or other name without spaces, which must be of this ``kind``.

        Raises:
            TooLargeError: it has more than ``limit`` bytes.
            EOFError: it is missing, damaged or of another kind.
            TimeoutError: git takes too long.
        """
        try:
            return self._ask(name, kind, limit)
        except BaseException:
            self.stop()
            raise

    def _ask(self, name: str, kind: bytes, limit: int) -> bytes:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{name}\n".encode())
        except BrokenPipeError as error:
            raise EOFError from error
        while b"\n" not in self._buffer:
            self._fill()
        head = self._take(self._buffer.index(b"\n") + 1).split()
        if len(head) != 3 or head[1] != kind:  # noqa: PLR2004 - id, kind and size
            raise EOFError
        size = int(head[2])
        if size > limit:
            raise TooLargeError
        while len(self._buffer) <= size:
            self._fill()
        return self._take(size + 1)[:-1]

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _fill(self) -> None:
        assert self._process.stdout is not None
        poll = select.poll()
        poll.register(self._process.stdout, select.POLLIN)
        if not poll.poll(self._time_limit * 1000):
            raise TimeoutError
        piece = os.read(self._process.stdout.fileno(), _PIECE)
        if not piece:
            raise EOFError
        self._buffer += piece


def _stop(process: Child) -> None:
    with process:
        process.kill()
