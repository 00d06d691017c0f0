"""Remove import path entries that depend on the working directory: a repository must not decide what is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping


def drop_movable_entries(environ: Mapping[str, str]) -> None:
    sys.path[:] = fixed_entries(sys.path, _working_directory(), environ.get("PYTHONPATH", ""))


def fixed_entries(entries: Iterable[str], directory: str, python_path: str) -> list[str]:
    """The entries of an import path that do not depend on the working ``directory``.

    The interpreter makes those of ``PYTHONPATH`` absolute when it starts, so that variable says which were relative.
    """
    import site

    relative = (entry for entry in python_path.split(os.pathsep) if not os.path.isabs(entry))
    movable = {os.path.realpath(os.path.join(directory, entry)) for entry in ("", *relative)}
    # Packages may be installed in the working directory.
    movable -= set(map(os.path.realpath, (*site.getsitepackages(), site.getusersitepackages())))
    return [entry for entry in entries if os.path.isabs(entry) and os.path.realpath(entry) not in movable]


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return os.sep  # it was removed, so nothing can be imported from it
