"""Start a browser."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping

from text2llm.child import child_environ, start_child, wait_for

_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
#: What a browser needs besides: its screen, the desktop that chooses it, its files. No proxy: it may hold a password.
_PASSED = (
    *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "LC_CTYPE", "LC_MESSAGES", "LANGUAGE"),
    *("XDG_CACHE_HOME", "XDG_CONFIG_DIRS", "XDG_CURRENT_DESKTOP", "XDG_DATA_DIRS", "XDG_DATA_HOME", "XDG_MENU_PREFIX"),
    *("XDG_SEAT", "XDG_SESSION_CLASS", "XDG_SESSION_DESKTOP", "XDG_SESSION_ID", "XDG_SESSION_TYPE", "XDG_STATE_HOME"),
    *("DESKTOP_SESSION", "GNOME_DESKTOP_SESSION_ID", "KDE_FULL_SESSION", "KDE_SESSION_VERSION", "GDK_BACKEND"),
    *("QT_QPA_PLATFORM", "MOZ_ENABLE_WAYLAND", "WSL_DISTRO_NAME", "WSL_INTEROP", "__CF_USER_TEXT_ENCODING"),
)
#: In seconds; a browser that fails does so at once.
_PATIENCE = 3.0
# In a process of its own, since `webbrowser` hands on the whole environment of its process.
_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"


def can_open_browser(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether the user can see a browser on this machine: not in a remote session, and with a display."""
    if any(environ.get(name) for name in _REMOTE):
        return False
    return platform == "darwin" or any(environ.get(name) for name in _SCREENS)


def open_browser(url: str, environ: Mapping[str, str], patience: float = _PATIENCE) -> bool:
    """Open a page in the user's browser; whether one could be started. Its output is not shown.

    It gets no credential of the environment, and is never a program of the working directory. A browser in the
    foreground, as set by ``BROWSER``, is waited for ``patience`` seconds: the listener must run.
    """
    try:
        child = start_child([sys.executable, "-I", "-c", _OPEN, url], _environ(environ), cwd="/", apart=True)
    except OSError:
        return False
    return wait_for(child, patience) in (0, None)


def _environ(environ: Mapping[str, str]) -> dict[str, str]:
    passed = child_environ(environ, _PASSED)
    browsers = os.pathsep.join(_list_browsers(environ.get("BROWSER", "")))
    return {**passed, "BROWSER": browsers} if browsers else passed


def _list_browsers(value: str) -> Iterator[str]:
    """The commands in ``BROWSER`` that name a program by its absolute path, or by a name on the search path."""
    import shlex

    for command in value.split(os.pathsep):
        try:
            program = shlex.split(command)[:1]
        except ValueError:  # unbalanced quotes
            continue
        if program and (os.path.isabs(program[0]) or os.path.basename(program[0]) == program[0]):
            yield command
