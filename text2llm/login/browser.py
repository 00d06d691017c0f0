"""Starting a browser, where there is one to start."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
#: How long a browser has to fail, in seconds: one that fails does so at once.
_PATIENCE = 3.0


def can_open_browser(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a browser started here would come back to this machine, before the person who asked for it."""
    if any(environ.get(name) for name in _REMOTE):
        return False
    return platform == "darwin" or any(environ.get(name) for name in _SCREENS)


def open_browser(url: str, patience: float = _PATIENCE) -> bool:
    """Open a page in the user's browser; whether one could be started. What the browser prints is not shown.

    One that is in the foreground, as a command in ``BROWSER`` may be, is waited for ``patience`` seconds only: it comes
    back to a listener, which has to run meanwhile.
    """
    import threading

    failed = threading.Event()

    def work() -> None:
        if not _try_to_open(url):
            failed.set()

    opening = threading.Thread(target=work, daemon=True)
    with _silenced():
        opening.start()
        opening.join(patience)
    return not failed.is_set()


def _try_to_open(url: str) -> bool:
    import webbrowser

    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError, ValueError):  # the last: a BROWSER with a quote that does not end
        return False


@contextmanager
def _silenced() -> Iterator[None]:
    """Connect the standard streams, which the program keeps open, to nowhere: child processes inherit them."""
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
