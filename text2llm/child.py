"""Child processes: git, the commands of secret sources, and the browser of a login. No other module starts one.

A child gets the variables that it needs, and no others: no credential of the environment is in any of them. It never
finds a program in the working directory.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import subprocess

    Child: TypeAlias = subprocess.Popen[bytes]

#: What a program needs to find its files and to speak to an agent.
_ALWAYS = ("HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")
_STREAMS = ("stdin", "stdout", "stderr")


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


def _absolute_path(environ: Mapping[str, str]) -> str:
    """The search path without the working directory: an empty or relative entry means that."""
    folders = environ.get("PATH", os.defpath).split(os.pathsep)
    # An empty path would mean the working directory, too; in this one nothing is found.
    return os.pathsep.join(filter(os.path.isabs, folders)) or os.devnull
