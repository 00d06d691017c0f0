"""The entry point: handles Ctrl-C even while everything else is imported."""

from __future__ import annotations

import gc
import os

from text2llm.import_path import drop_movable_entries

_INTERRUPTED = 130
# Short commands end before collecting cycles helps: it would take a tenth of their time.
_OBJECTS_BEFORE_COLLECTION = 100_000


def run() -> None:
    """Start the program.

    Imported code can swallow or replace a ``KeyboardInterrupt``, so until the program is imported, Ctrl-C ends the
    process immediately. Nothing is imported from the working directory, whatever ``PYTHONPATH`` says.
    """
    drop_movable_entries(os.environ)
    forbid_core_dumps()
    import signal

    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    is_handled = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # else the caller ignores Ctrl-C
    if is_handled:
        signal.signal(signal.SIGINT, _leave)
    from text2llm.cli.main import run as program

    if not is_handled:
        program()
        return
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        program()
    except KeyboardInterrupt:
        _leave()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def forbid_core_dumps() -> None:
    """Let a crash write no memory to a file: it holds credentials, those of the environment from the start."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    # Linux ignores a limit of 0 where the core pattern names a program, but not 1 (core_pattern in fs/coredump.c). No
    # core file is that small.
    soft = 1 if hard == resource.RLIM_INFINITY else min(1, hard)
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def _leave(*_: object) -> None:
    try:
        os.write(2, b"interrupted\n")
    finally:
        os._exit(_INTERRUPTED)
