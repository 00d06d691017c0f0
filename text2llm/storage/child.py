"""Programs that text2llm starts, each in a session of its own: what one prints within a deadline, and its end."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from contextlib import suppress

#: Seconds after which a program is looked after that neither prints nor ends.
_PAUSE = 0.05
_CHUNK = 65536
#: Seconds that a killed program may take to vanish.
_VANISHED = 1.0


def communicate(process: subprocess.Popen[bytes], request: bytes, limit: int, deadline: float) -> bytes:
    """What a program prints until it ends, of which more than ``limit`` bytes are not read.

    Programs that it leaves behind may keep its output open: nothing waits for them. ``deadline`` is a time of
    ``time.monotonic``.

    Raises:
        TimeoutError: it has not ended at the deadline.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    os.set_blocking(process.stdin.fileno(), False)
    output = b""
    while len(output) <= limit:
        if time.monotonic() >= deadline:
            raise TimeoutError
        ended = process.poll() is not None
        readable, writable, _ = select.select([process.stdout], [process.stdin] if request else [], [], _PAUSE)
        if writable:
            request = _write(process, request)
        if readable:
            chunk = os.read(process.stdout.fileno(), _CHUNK)
            output += chunk
            if not chunk:
                return _await_end(process, output, deadline)
        elif ended:
            break
    return output


def _write(process: subprocess.Popen[bytes], request: bytes) -> bytes:
    """What is left of a request; the program's input ends after it."""
    assert process.stdin is not None
    rest = b""
    with suppress(BrokenPipeError):
        rest = request[os.write(process.stdin.fileno(), request) :]
    if not rest:
        process.stdin.close()
    return rest


def _await_end(process: subprocess.Popen[bytes], output: bytes, deadline: float) -> bytes:
    try:
        process.wait(max(deadline - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    return output


def end_session(process: subprocess.Popen[bytes]) -> None:
    """End a program that leads a session, and all that is left of the processes that it started there."""
    with suppress(ProcessLookupError, PermissionError):  # macOS refuses where only a zombie is left
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_VANISHED)


def close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            if pipe is not None:
                pipe.close()
