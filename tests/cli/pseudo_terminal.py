"""The program at a real terminal of its own: what it shows, what is typed, and how it ends."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PROGRAM = str(Path(sys.executable).parent / "text2llm")
# The terminal becomes the controlling one of a new session, as after a login: only then is there a /dev/tty. Ctrl-C is
# heard, even if the tests run in the background of a shell, where it is ignored.
_LAUNCH = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.setsid()
handle = os.open(sys.argv[1], os.O_RDWR)
for stream in (0, 1, 2):
    os.dup2(handle, stream)
os.execv(sys.argv[2], sys.argv[2:])
"""


class Terminal:
    """A running program and the keyboard and screen in front of it."""

    def __init__(self, process: subprocess.Popen[bytes], keyboard: int) -> None:
        self.process, self.keyboard = process, keyboard
        self.shown = ""

    def expect(self, text: str, timeout: float = 20) -> None:
        """Wait until ``text`` has been shown."""
        deadline = time.monotonic() + timeout
        while text not in self.shown:
            assert self._read(deadline), f"never shown: {text!r}; shown: {self.shown!r}"

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self.keyboard, text.encode())

    def finish(self, timeout: float = 20) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + timeout
        while self._read(deadline):
            pass
        return self.process.wait(timeout)

    def give_up(self, patience: float = 5) -> int:
        """Press Ctrl-C at a prompt as a person does, again where nothing happens, and read to the end; the exit code.

        Python hears one that falls between a prompt and the read behind it with the next key only.
        """
        for _ in range(4):
            self.type("\x03")
            deadline = time.monotonic() + patience
            while self._read(deadline):
                pass
            with suppress(subprocess.TimeoutExpired):
                return self.process.wait(max(0.1, deadline - time.monotonic()))
        raise AssertionError(f"Ctrl-C did not end it; shown: {self.shown!r}")

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self.keyboard], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self.keyboard, 65536)
        except OSError:  # nobody has the terminal open any more
            return False
        self.shown += data.decode()
        return bool(data)


@contextmanager
def open_terminal(*arguments: str, program: str = PROGRAM, columns: str = "0", **environ: str) -> Iterator[Terminal]:
    """Run a program with ``arguments`` at a new terminal; ``environ`` is added to the environment.

    ``columns`` is the width, as a variable would have it (0: not known).
    """
    keyboard, screen = pty.openpty()
    termios.tcsetwinsize(screen, (40, int(columns)))
    command = [sys.executable, "-IS", "-c", _LAUNCH, os.ttyname(screen), program, *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=screen, stderr=screen, env={**os.environ, **environ}
    )
    os.close(screen)
    try:
        yield Terminal(process, keyboard)
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)
