"""The directories of user-level files. ``TEXT2LLM_HOME`` moves all of them under one root.

The defaults are those of the XDG base directory specification (0.8), and on macOS those of Apple's file system
programming guide. A library for this would take a tenth of the start-up time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NamedTuple

from text2llm.errors import UsageError

APPLICATION = "text2llm"
HOME_VARIABLE = "TEXT2LLM_HOME"
#: By kind of directory: the variable that moves it, and its default below the home directory.
_XDG = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
    "state": ("XDG_STATE_HOME", ".local/state"),
    "cache": ("XDG_CACHE_HOME", ".cache"),
}
_MACOS = {**dict.fromkeys(_XDG, "Library/Application Support"), "cache": "Library/Caches"}


class UserDirectories(NamedTuple):
    """The user's directories; they need not exist. ``cache`` may be deleted."""

    config: str
    data: str
    state: str
    cache: str

    @property
    def agents(self) -> str:
        return os.path.join(self.data, "agents")

    def agent_dir(self, agent_id: str) -> str:
        return os.path.join(self.agents, agent_id, "agent")


def find_places(environ: Mapping[str, str], platform: str = sys.platform) -> UserDirectories:
    """The user's directories: under ``TEXT2LLM_HOME``, else the platform's defaults.

    Raises:
        UsageError: ``TEXT2LLM_HOME`` or ``HOME`` is relative, so the working directory would decide the settings and
            store the credentials.
    """
    home = environ.get(HOME_VARIABLE)
    if home:
        root = os.path.expanduser(home)
        if not os.path.isabs(root):
            raise UsageError("TEXT2LLM_HOME is not an absolute path", hint="use an absolute path")
        return UserDirectories(*(os.path.join(os.path.normpath(root), kind) for kind in _XDG))
    return UserDirectories(*(os.path.join(_base_folder(kind, environ, platform), APPLICATION) for kind in _XDG))


def _base_folder(kind: str, environ: Mapping[str, str], platform: str) -> str:
    variable, folder = _XDG[kind]
    named = environ.get(variable, "")
    if os.path.isabs(named):  # the specification says to ignore a relative one
        return named
    home = environ.get("HOME") or os.path.expanduser("~")
    if not os.path.isabs(home):
        raise UsageError("HOME is not an absolute path", hint="use an absolute path")
    return os.path.join(home, _MACOS[kind] if platform == "darwin" else folder)
