"""Entries of the import path that depend on the working directory: a repository must not decide what is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping


def drop_movable_entries(environ: Mapping[str, str]) -> None:
    """Take the entries that depend on the working directory off ``sys.path``, for the rest of the process."""
    sys.path[:] = fixed_entries(sys.path, _working_directory(), environ.get("PYTHONPATH", ""))


def fixed_entries(entries: Iterable[str], directory: str, python_path: str) -> list[str]:
    """The entries of an import path that do not depend on the working ``directory``.

    The interpreter makes those of ``PYTHONPATH`` absolute when it starts, so that variable says which were relative.
    """
    import site

    relative = (each for each in python_path.split(os.pathsep) if not os.path.isabs(each))
    movable = {os.path.realpath(os.path.join(directory, each)) for each in ("", *relative)}
    # The working directory may be the one that everything is installed in.
    movable -= set(map(os.path.realpath, (*site.getsitepackages(), site.getusersitepackages())))
    return [each for each in entries if os.path.isabs(each) and os.path.realpath(each) not in movable]


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return os.sep  # it was removed, and nothing of it can be imported
