"""Child processes: git, the commands of secret sources and identities, a login's browser. No other module starts one.

A child gets the variables that it needs, and no others: no credential of the environment is in any of them. It never
finds a program in the working directory.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import subprocess

    Child: TypeAlias = subprocess.Popen[bytes]

#: What a program needs to find its files and to speak to an agent.
_ALWAYS = ("HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")
_STREAMS = ("stdin", "stdout", "stderr")
#: Seconds after which a program is looked after that neither prints nor ends.
_PAUSE = 0.05
_CHUNK = 65536
#: Seconds that a killed program may take to vanish.
_VANISHED = 1.0


def child_environ(environ: Mapping[str, str], names: Iterable[str] = ()) -> dict[str, str]:
    """The environment of a child: what every program needs, and the variables ``names``."""
    passed = {name: environ[name] for name in (*_ALWAYS, *names) if name in environ}
    return {**passed, "PATH": _absolute_path(environ)}


def find_program(name: str, environ: Mapping[str, str]) -> str | None:
    """The program on the search path, never one in the working directory."""
    import shutil

    return shutil.which(name, path=_absolute_path(environ))


def start_child(  # noqa: PLR0913 - what a process is made of
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    piped: Collection[str] = (),
    cwd: str | None = None,
    apart: bool = False,
    buffered: bool = True,
) -> Child:
    """Start a program by its absolute path, without a shell.

    ``environ`` is a result of :func:`child_environ`. The standard streams in ``piped`` are pipes, the others the null
    device, and ``buffered`` or not. ``apart``: it leads a session of its own, so that Ctrl-C and a closed terminal do
    not reach it.

    Raises:
        OSError: it cannot be started.
    """
    import subprocess

    stdin, stdout, stderr = (subprocess.PIPE if name in piped else subprocess.DEVNULL for name in _STREAMS)
    return subprocess.Popen(  # noqa: S603 - an absolute path, no shell
        command,
        bufsize=-1 if buffered else 0,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env=environ,
        cwd=cwd,
        start_new_session=apart,
    )


def wait_for(child: Child, seconds: float) -> int | None:
    """The exit code of a child; ``None`` if it still runs after ``seconds``: it is left running."""
    from subprocess import TimeoutExpired
    from threading import Thread

    try:
        return child.wait(seconds)
    except TimeoutExpired:
        Thread(target=child.wait, daemon=True).start()  # or it would remain as a zombie
        return None


def communicate(process: Child, request: bytes, limit: int, deadline: float) -> bytes:
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


def _write(process: Child, request: bytes) -> bytes:
    """What is left of a request; the program's input ends after it."""
    assert process.stdin is not None
    rest = b""
    with suppress(BrokenPipeError):
        rest = request[os.write(process.stdin.fileno(), request) :]
    if not rest:
        process.stdin.close()
    return rest


def _await_end(process: Child, output: bytes, deadline: float) -> bytes:
    from subprocess import TimeoutExpired

    try:
        process.wait(max(deadline - time.monotonic(), 0))
    except TimeoutExpired:
        raise TimeoutError from None
    return output


def end_session(process: Child) -> None:
    """End a program that leads a session, and all that is left of the processes that it started there."""
    from subprocess import TimeoutExpired

    with suppress(ProcessLookupError, PermissionError):  # macOS refuses where only a zombie is left
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(TimeoutExpired):
        process.wait(_VANISHED)


def close_pipes(process: Child) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        with suppress(OSError):
            if pipe is not None:
                pipe.close()


def _absolute_path(environ: Mapping[str, str]) -> str:
    """The search path without the working directory: an empty or relative entry means that."""
    folders = environ.get("PATH", os.defpath).split(os.pathsep)
    # An empty path would mean the working directory, too; in this one nothing is found.
    return os.pathsep.join(filter(os.path.isabs, folders)) or os.devnull
