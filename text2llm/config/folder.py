"""The working tree as a :class:`Tree`, listed as it is walked."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import cache, partial
from typing import final

from text2llm.config.discovery import find_repository
from text2llm.config.tree import FOLDER, LINK, MODULE, Entry, Tree

_FILE, _GIT = "100644", ".git"
_ELSEWHERE = "leads into another repository, whose files no review of this one shows"


def open_folder(folder: str, home: str) -> Tree:
    """The files that a configuration may include: those of its repository or, if there is none, of its folder.

    ``folder`` is where its path is, ``home`` the real folder of the file itself, after links.
    """
    repository = find_repository(home)
    top = os.path.realpath(folder or ".") if repository is None else repository
    return Tree(top, cache(partial(_Folder, apart=repository is not None)), _read_link, top, _ELSEWHERE)


@final
class _Folder:
    """The entries of a folder; the id of each is its path. An unreadable folder has none.

    ``apart``: a folder with a ``.git`` is another repository, and the ``.git`` of this one is not shown.
    """

    __slots__ = ("_apart", "_path")

    def __init__(self, path: str, *, apart: bool) -> None:
        self._path, self._apart = path, apart

    def get(self, name: str) -> Entry | None:
        """One entry, without a list of all."""
        path = os.path.join(self._path, name)
        try:
            mode = os.lstat(path).st_mode
        except (OSError, ValueError):
            return None
        return self._describe(name, path, is_link=stat.S_ISLNK(mode), is_folder=stat.S_ISDIR(mode))

    def items(self) -> Iterator[tuple[str, Entry]]:
        try:
            with os.scandir(self._path) as scan:
                for found in scan:
                    is_link, is_folder = found.is_symlink(), found.is_dir(follow_symlinks=False)
                    entry = self._describe(found.name, found.path, is_link=is_link, is_folder=is_folder)
                    if entry is not None:
                        yield found.name, entry
        except OSError:
            return

    def _describe(self, name: str, path: str, *, is_link: bool, is_folder: bool) -> Entry | None:
        if self._apart and name == _GIT:
            return None
        if is_folder and self._apart and os.path.lexists(os.path.join(path, _GIT)):
            return Entry(MODULE, path)
        return Entry(LINK if is_link else FOLDER if is_folder else _FILE, path)


def _read_link(path: str, _limit: int) -> bytes | None:
    try:
        return os.fsencode(os.readlink(path))
    except OSError:  # it was a link when it was listed
        return None
