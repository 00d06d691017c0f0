"""Walk along a path by open directories: no link is followed unseen, and nothing that is swapped meanwhile counts."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

_MAX_LINKS = 40
# A directory that may be passed, but not listed, can be opened with one of the first two.
_SEARCH: int = getattr(os, "O_PATH", getattr(os, "O_SEARCH", os.O_RDONLY))
_FOLDER = _SEARCH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Folder(NamedTuple):
    """An open directory; ``path`` has no links."""

    path: str
    handle: int
    status: os.stat_result


class Link(NamedTuple):
    """A link on the way. ``folders`` are those from ``/`` to the one that it is in, and ``target`` is its text."""

    path: str
    target: str
    status: os.stat_result
    folders: tuple[Folder, ...]


class PathWalk:
    """The result: the directories from ``/`` to that of the file, and the file's ``name`` in the last one.

    ``links`` were followed, and ``passed`` are all the directories on the way, some of them closed by now.
    """

    def __init__(self, allow: Callable[[Link], None], make: int | None) -> None:
        self._allow, self._make = allow, make
        self.name = ""
        self.links: list[Link] = []
        self.folders = [_open_folder("/", "/", None)]
        self.passed = [*self.folders]

    def go(self, path: str, *, last: bool) -> None:
        whole = path if os.path.isabs(path) else os.path.join(os.getcwd(), path)
        ahead = _split(whole)
        while ahead:
            name = ahead.pop()
            if name == os.pardir:
                self._leave()
            elif not ahead and not last:
                self.name = name
            elif (target := self._find_link(name)) is not None:
                ahead += self._follow(target)
            elif ahead:
                self._enter(name)
            else:
                self.name = name
        if not self.name:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))

    @property
    def path(self) -> str:
        """Where the path leads, without links."""
        return os.path.join(self.folders[-1].path, self.name)

    def close(self) -> None:
        for folder in self.folders:
            os.close(folder.handle)

    def _find_link(self, name: str) -> Link | None:
        at = self.folders[-1]
        try:
            target = os.readlink(name, dir_fd=at.handle)
            status = os.stat(name, dir_fd=at.handle, follow_symlinks=False)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOENT):
                return None
            raise
        return Link(os.path.join(at.path, name), target, status, tuple(self.folders))

    def _follow(self, link: Link) -> list[str]:
        """The names ahead after a link."""
        self._allow(link)
        self.links.append(link)
        if len(self.links) > _MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        while os.path.isabs(link.target) and len(self.folders) > 1:
            self._leave()
        return _split(link.target)

    def _leave(self) -> None:
        if len(self.folders) > 1:
            os.close(self.folders.pop().handle)

    def _enter(self, name: str) -> None:
        at = self.folders[-1]
        path = os.path.join(at.path, name)
        try:
            folder = _open_folder(path, name, at.handle)
        except FileNotFoundError:
            if self._make is None:
                raise
            _make_folder(name, self._make, at.handle)
            folder = _open_folder(path, name, at.handle)
        self.folders.append(folder)
        self.passed.append(folder)


@contextmanager
def walk_path(
    path: str, allow: Callable[[Link], None], *, last: bool = True, make: int | None = None
) -> Iterator[PathWalk]:
    """Walk to the directory of a file; ``allow`` is called before a link is followed, and raises to stop.

    Without ``last``, a link in place of the file itself is not followed. Missing directories are made with the mode
    ``make``, if that is given. The file need not exist.

    Raises:
        OSError: a directory is missing or cannot be passed, there are too many links, or the path names a directory.
    """
    walk = PathWalk(allow, make)
    try:
        walk.go(path, last=last)
        yield walk
    finally:
        walk.close()


def _split(path: str) -> list[str]:
    """The names in a path, the last one first."""
    return [name for name in reversed(path.split("/")) if name not in ("", os.curdir)]


def _open_folder(path: str, name: str, at: int | None) -> Folder:
    handle = os.open(name, _FOLDER, dir_fd=at)
    return Folder(path, handle, os.fstat(handle))


def _make_folder(name: str, mode: int, at: int) -> None:
    with suppress(FileExistsError):  # made by another process
        os.mkdir(name, mode, dir_fd=at)
