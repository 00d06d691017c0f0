"""Start a browser."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
#: In seconds; a browser that fails does so at once.
_PATIENCE = 3.0


def can_open_browser(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether the user can see a browser on this machine: not in a remote session, and with a display."""
    if any(environ.get(name) for name in _REMOTE):
        return False
    return platform == "darwin" or any(environ.get(name) for name in _SCREENS)


def open_browser(url: str, patience: float = _PATIENCE) -> bool:
    """Open a page in the user's browser; whether one could be started. Its output is not shown.

    A browser in the foreground, as set by ``BROWSER``, is waited for ``patience`` seconds: the listener must run.
    """
    import threading
    import webbrowser

    failed = threading.Event()

    def work() -> None:
        try:
            opened = webbrowser.open(url)
        except (webbrowser.Error, OSError, ValueError):  # ValueError: unbalanced quotes in BROWSER
            opened = False
        if not opened:
            failed.set()

    opening = threading.Thread(target=work, daemon=True)
    with _silenced():
        opening.start()
        opening.join(patience)
    return not failed.is_set()


@contextmanager
def _silenced() -> Iterator[None]:
    """Connect the standard streams, which child processes inherit, to the null device."""
    nowhere, kept = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC), [os.dup(number) for number in range(3)]
    try:
        for number in range(3):
            os.dup2(nowhere, number)
        yield
    finally:
        for number, copy in enumerate(kept):
            os.dup2(copy, number)
            os.close(copy)
        os.close(nowhere)
