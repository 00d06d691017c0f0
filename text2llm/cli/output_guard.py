"""The standard streams without secrets: whatever is written to them, and by whom, passes here.

Tracebacks of threads, warnings, ``logging``'s last resort and ``sys.unraisablehook`` all write to ``sys.stderr``, and
so are guarded like the program's own words. What bypasses Python's streams is not: the text of child processes that
share the terminal, and crashes of the interpreter.

A reader that goes (`| head`, a log collector that died) has what it wanted: what a command does, and its exit code, do
not depend on it. What follows leads nowhere, and :func:`nobody_reads` tells who must know.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, final

from text2llm.secret import held_values

if TYPE_CHECKING:
    from text2llm.secret_forms import Blackout


_SHORTEST_FORM = 18
# What has the form of a provider's key has a word like this; most output has none, and need not be looked at twice.
_LONG_WORD = "[A-Za-z0-9_-]{18}"


def redact(text: str) -> str:
    """``text`` without what has the form of a secret, and without any that this process has held: for files."""
    from text2llm.secret_forms import Blackout

    blackout = Blackout()
    blackout.learn(held_values())
    return blackout.clean(_mask(text))


def _mask(text: str) -> str:
    """``text`` without what has the form of a secret: nobody has held it, but a file or an argument brought it here."""
    if len(text) < _SHORTEST_FORM or not re.search(_LONG_WORD, text):
        return text
    from text2llm.leaks.key_formats import mask_secrets

    return mask_secrets(text)


@contextmanager
def guard_streams() -> Iterator[tuple[GuardedText, ...]]:
    """Guard ``sys.stdout`` and ``sys.stderr`` inside; streams that are guarded already stay as they are.

    Who uses it calls ``finish`` of each at the end.
    """
    before = (sys.stdout, sys.stderr)
    guarded = tuple(stream if isinstance(stream, GuardedText) else GuardedText(stream) for stream in before)
    sys.stdout, sys.stderr = guarded
    try:
        yield guarded
    finally:
        sys.stdout, sys.stderr = before


def nobody_reads() -> bool:
    """Whether the reader of something that was printed has gone."""
    return any(isinstance(stream, GuardedText) and stream.reader_left for stream in (sys.stdout, sys.stderr))


def discard(stream: TextIO | GuardedText) -> None:
    """Send what a stream still holds nowhere: Python flushes it at exit, and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class _Window:
    """The end of what was written that may turn out to be the beginning of a secret.

    ``open_end`` is that end, and its first ``shown`` characters are out already: a prompt that ends as a secret begins
    must appear when it is flushed. More than a few characters are never let out.
    """

    __slots__ = ("_blackout", "_open_end", "_shown")

    def __init__(self) -> None:
        self._blackout: Blackout | None = None
        self._open_end = ""
        self._shown = 0

    def add(self, text: str) -> str:
        """What of ``text``, and of what was held back, may go out now."""
        held = held_values()
        if not held or not text:
            return text
        window = self._open_end + text
        blackout = self._learn()
        spans = blackout.spans(window)
        closed = spans[-1][1] if spans else 0
        end = closed + blackout.open_end(window[closed:])
        released = self._release(window, spans, end)
        self._open_end, self._shown = window[end:], max(0, self._shown - end)
        return released

    def _learn(self) -> Blackout:
        if self._blackout is None:
            from text2llm.secret_forms import Blackout

            self._blackout = Blackout()
        self._blackout.learn(held_values())
        return self._blackout

    def _release(self, window: str, spans: list[tuple[int, int]], end: int) -> str:
        from text2llm.secret_forms import cover

        out = min(self._shown, end)
        return cover(window[out:end], [(max(0, start - out), stop - out) for start, stop in spans])

    def flush(self) -> str:
        """What may go out although more could follow: a beginning that is too short to tell anything."""
        from text2llm.secret_forms import SHORTEST

        if len(self._open_end) >= SHORTEST:
            return ""
        rest, self._shown = self._open_end[self._shown :], len(self._open_end)
        return rest

    def finish(self) -> str:
        """The rest: nothing follows any more, and most of a secret is not shown either."""
        from text2llm.secret_forms import REDACTED

        rest = self.flush() or (REDACTED if self._shown < len(self._open_end) else "")
        self._open_end, self._shown = "", 0
        return rest


class _Guard:
    """A stream in front of another one; what it does not say itself is the other's."""

    def __init__(self, stream: Any, put: Callable[[str], object]) -> None:
        self._stream = stream
        self._window = _Window()
        self._write = put
        self.reader_left = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def flush(self) -> None:
        """Let out what can be, down to the operating system."""
        self._put(self._window.flush())
        self._try(self._stream.flush)

    def finish(self) -> None:
        """Let out the rest, down to the operating system."""
        self._put(self._window.finish())
        self._try(self._stream.flush)

    def _put(self, text: str) -> None:
        if text:
            self._try(self._write, text)

    def _try(self, act: Callable[..., object], *arguments: str) -> None:
        try:
            act(*arguments)
        except BrokenPipeError:
            self.reader_left = True
            discard(self._stream)


@final
class GuardedText(_Guard):
    """A text stream."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream, stream.write)
        self._buffer: GuardedBytes | None = None

    def write(self, text: str) -> int:
        """Write a text; its length."""
        if not isinstance(text, str):  # click tries a stream with bytes to see what it is
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._put(self._window.add(_mask(text)))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts."""
        for line in lines:
            self.write(line)

    @property
    def buffer(self) -> GuardedBytes:
        """The stream of bytes below, guarded too; always the same one, for what it holds back."""
        if self._buffer is None:
            self._buffer = GuardedBytes(self._stream.buffer)
        return self._buffer

    def finish(self) -> None:
        """Let out the rest, of the stream of bytes too."""
        if self._buffer is not None:
            self._buffer.finish()
        super().finish()


@final
class GuardedBytes(_Guard):
    """A stream of bytes."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream, lambda text: stream.write(text.encode("utf-8", "surrogateescape")))

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write bytes; their number."""
        text = bytes(data).decode("utf-8", "surrogateescape")
        self._put(self._window.add(text))
        return len(data)
