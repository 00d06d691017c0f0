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


def _leave(*_: object) -> None:
    try:
        os.write(2, b"interrupted\n")
    finally:
        os._exit(_INTERRUPTED)
