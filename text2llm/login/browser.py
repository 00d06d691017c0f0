"""Starting a browser, where there is one to start."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def can_open_browser(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a browser started here would come back to this machine, before the person who asked for it."""
    if any(environ.get(name) for name in _REMOTE):
        return False
    return platform == "darwin" or any(environ.get(name) for name in _SCREENS)


def open_browser(url: str) -> bool:
    """Open a page in the user's browser; whether one could be started. What the browser prints is not shown."""
    import webbrowser

    with _silenced():
        try:
            return webbrowser.open(url)
        except (webbrowser.Error, OSError):
            return False


@contextmanager
def _silenced() -> Iterator[None]:
    """Send standard output and error nowhere for the length of the block: child processes inherit them."""
    sys.stdout.flush()
    sys.stderr.flush()
    nowhere, kept = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), [os.dup(number) for number in (1, 2)]
    try:
        for number in (1, 2):
            os.dup2(nowhere, number)
        yield
    finally:
        for number, saved in zip((1, 2), kept, strict=True):
            os.dup2(saved, number)
            os.close(saved)
        os.close(nowhere)
