"""The environment of the programs that text2llm starts: no credential is in it, and no folder is searched by chance."""

from __future__ import annotations

import os
from collections.abc import Mapping

#: What a program needs to find its files and to speak to an agent of its user's.
_NEEDED = ("HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")


def make_environment(environ: Mapping[str, str], *names: str) -> dict[str, str]:
    """The variables that every program gets, and those of ``names`` that are set."""
    kept = {name: environ[name] for name in (*_NEEDED, *names) if name in environ}
    return {**kept, "PATH": search_path(environ)}


def search_path(environ: Mapping[str, str]) -> str:
    """The folders of ``PATH``, without empty and relative ones: these are in the working directory."""
    folders = environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(filter(os.path.isabs, folders))
