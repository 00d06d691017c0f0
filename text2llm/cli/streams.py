"""Standard streams whose other end has gone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from text2llm.cli.output_guard import GuardedText


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """What is printed here has no say in what the command does, nor in its exit code.

    The reader may go (`| head`, a log collector that died): it has what it wanted.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout)


def discard(stream: TextIO | GuardedText) -> None:
    """Send what a stream still holds nowhere: Python flushes it at exit, and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
