"""The console script's first step: Ctrl-C is answered from here on, also while everything else is being imported."""

from __future__ import annotations

import gc
import os

from text2llm.import_path import drop_movable_entries

_INTERRUPTED = 130
# A command is over before collecting cycles pays: it would take a tenth of the time of the short ones.
_OBJECTS_BEFORE_COLLECTION = 100_000


def run() -> None:
    """Start the program.

    A ``KeyboardInterrupt`` in the middle of an import can be swallowed, or turned into another error, by the code
    that is imported; so until the program is there to answer, Ctrl-C ends the process at once. Whatever ``PYTHONPATH``
    says, nothing is imported from the working directory.
    """
    drop_movable_entries(os.environ)
    import signal

    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # who started it wants it not to be stopped
        _run_program()
        return
    signal.signal(signal.SIGINT, _leave)
    from text2llm.cli.main import run as program

    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        program()
    except KeyboardInterrupt:
        _leave()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _run_program() -> None:
    from text2llm.cli.main import run as program

    program()


def _leave(*_: object) -> None:
    try:
        os.write(2, b"interrupted\n")
    finally:
        os._exit(_INTERRUPTED)
