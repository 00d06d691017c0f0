"""The standard streams without secrets: everything written to them passes here.

Tracebacks of threads, warnings, ``logging``'s last resort and ``sys.unraisablehook`` all write to ``sys.stderr``, and
so are guarded like the program's own words. What bypasses Python's streams is not: the text of child processes that
share the terminal, and crashes of the interpreter.

A reader that leaves (`| head`, a log collector that died) changes neither what a command does nor its exit code. Later
output is discarded, and :func:`nobody_reads` reports it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, final

import click

from text2llm.redaction import REDACTED, cover, redact
from text2llm.secret import held_values

if TYPE_CHECKING:
    from text2llm.providers.registry import Registry
    from text2llm.redaction.forms import Forms
    from text2llm.redaction.values import Values

# Every known form contains one of these; most output has none, and so loads no forms.
_SIGN = "[A-Za-z0-9_-]{18}|sk-|earer|EARER|PRIVATE KEY"


class _Searched(str):
    """A text in which an :class:`Outlet` has searched for the forms of secrets already."""

    __slots__ = ()


@final
class Outlet:
    """The redaction layers for all output, streams and files: values held in memory, and known forms of secrets.

    The forms are those of the providers that come with text2llm, until ``know`` adds those of plugins.
    """

    __slots__ = ("_forms",)

    def __init__(self) -> None:
        self._forms: Forms | None = None

    def know(self, registry: Registry) -> None:
        """Know the credentials of the providers of a registry from now on."""
        from text2llm.redaction.forms import Forms

        self._forms = Forms(registry)

    @property
    def forms(self) -> Forms:
        """The known forms, for what must be redacted before it is cut, aligned or escaped."""
        if self._forms is None:
            from text2llm.redaction.forms import Forms

            self._forms = Forms()
        return self._forms

    def redact_forms(self, text: str) -> str:
        """``text`` without what has the form of a secret, though this process never held it."""
        return redact(text, self.forms) if re.search(_SIGN, text) else text

    def join_parts(self, parts: Iterable[str]) -> str:
        """The parts of a long text without what has the form of a secret; a part that occurs again is searched once.

        Each part is a whole token of its format, or several, so that no secret goes from one part into the next.
        """
        known: dict[str, str] = {}
        return _Searched("".join(known.get(part) or known.setdefault(part, self.redact_forms(part)) for part in parts))

    def redact(self, text: str) -> str:
        """``text`` without what has the form of a secret, and without any that this process has held."""
        from text2llm.redaction.values import Values

        return redact(self.redact_forms(text), Values(held_values()))


def find_outlet() -> Outlet:
    """The outlet of the command that runs; a new one outside of a run."""
    context = click.get_current_context(silent=True)
    found = None if context is None else context.find_object(Outlet)
    return Outlet() if found is None else found


@contextmanager
def guard_streams() -> Iterator[tuple[GuardedText, ...]]:
    """Guard ``sys.stdout`` and ``sys.stderr`` inside; streams that are guarded already stay as they are.

    Who uses it calls ``finish`` of each at the end.
    """
    before = (sys.stdout, sys.stderr)
    outlet = next((stream.outlet for stream in before if isinstance(stream, GuardedText)), Outlet())
    guarded = tuple(stream if isinstance(stream, GuardedText) else GuardedText(stream, outlet) for stream in before)
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

    __slots__ = ("_open_end", "_shown", "_values")

    def __init__(self) -> None:
        self._values: Values | None = None
        self._open_end = ""
        self._shown = 0

    def add(self, text: str) -> str:
        """What of ``text``, and of what was held back, may go out now."""
        held = held_values()
        if not held or not text:
            return text
        window = self._open_end + text
        values = self._learn()
        spans = values.spans(window)
        closed = spans[-1][1] if spans else 0
        end = closed + values.open_end(window[closed:])
        released = self._release(window, spans, end)
        self._open_end, self._shown = window[end:], max(0, self._shown - end)
        return released

    def _learn(self) -> Values:
        if self._values is None:
            from text2llm.redaction.values import Values

            self._values = Values()
        self._values.learn(held_values())
        return self._values

    def _release(self, window: str, spans: list[tuple[int, int]], end: int) -> str:
        out = min(self._shown, end)
        return cover(window[out:end], [(max(0, start - out), stop - out) for start, stop in spans], REDACTED)

    def flush(self) -> str:
        """What may go out although more could follow: a beginning that is too short to reveal anything."""
        from text2llm.redaction.values import SHORTEST

        if len(self._open_end) >= SHORTEST:
            return ""
        rest, self._shown = self._open_end[self._shown :], len(self._open_end)
        return rest

    def finish(self) -> str:
        """The rest: nothing follows any more, and most of a secret is not shown either."""
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
    def __init__(self, stream: Any, outlet: Outlet | None = None) -> None:
        super().__init__(stream, stream.write)
        self.outlet = outlet or Outlet()
        self._buffer: GuardedBytes | None = None

    def write(self, text: str) -> int:
        if not isinstance(text, str):  # click tries a stream with bytes to see what it is
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        searched = text if isinstance(text, _Searched) else self.outlet.redact_forms(text)
        self._put(self._window.add(searched))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
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
    def __init__(self, stream: Any) -> None:
        super().__init__(stream, lambda text: stream.write(text.encode("utf-8", "surrogateescape")))

    def write(self, data: bytes | bytearray | memoryview) -> int:
        text = bytes(data).decode("utf-8", "surrogateescape")
        self._put(self._window.add(text))
        return len(data)
