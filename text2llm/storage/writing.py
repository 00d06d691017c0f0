"""The one place that opens files to write them: through which links it goes, and that it is a regular file.

Links in a repository are chosen by its authors, and links in a directory that others can write by them. So are those in
a project without a repository, such as an unpacked archive: in the working directory, or in a folder with a
configuration. The user's own links, such as those of dotfiles, are followed, and so is every link on the way to the
user's own directories, unless another user could have chosen it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import Enum

from text2llm.errors import UsageError, WriteError
from text2llm.storage.ownership import can_others_write, is_trusted
from text2llm.storage.path_walk import Folder, Link, PathWalk, walk_path
from text2llm.storage.places import find_places

#: Neither waits for a reader, nor makes a terminal the process's own.
_SAFE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


#: What the top of a repository holds.
_REPOSITORY = (".git", ".hg", ".jj")
#: What the top of a project without a repository holds, unless that is the working directory.
_PROJECT = ("text2llm.yaml",)


class LinkChoice(Enum):
    """Which links are followed to a file that is written, besides the user's own ones outside of repositories.

    A project without a repository counts as one.
    """

    #: A file that a repository may hold, such as the configuration: those that stay in the repository.
    EDITED = "edited"
    #: A file that a person names: none of a repository.
    NAMED = "named"
    #: A file of the program itself: none of a repository, and a link in place of the file is replaced.
    OWN = "own"


@dataclass(frozen=True, slots=True)
class WriteTarget:
    """The name of a file to write, in an open directory. ``path`` is for messages."""

    path: str
    folder: int
    name: str

    def open(self, flags: int, mode: int = 0o666, *, name: str | None = None) -> int:
        """Open the file, or another ``name`` in its directory, for writing.

        Raises:
            OSError: it cannot be opened, or is a link or not a regular file.
        """
        if name is None:
            self.find_existing()
        return _require_file(os.open(name or self.name, os.O_WRONLY | _SAFE | flags, mode, dir_fd=self.folder))

    def open_to_read(self) -> int:
        """Open the file for reading.

        Raises:
            OSError: it cannot be opened, or is a link or not a regular file.
        """
        self.find_existing()
        return _require_file(os.open(self.name, os.O_RDONLY | _SAFE, dir_fd=self.folder))

    def find_existing(self) -> os.stat_result | None:
        """The file that is there; ``None`` for a link, which is not followed.

        Raises:
            OSError: it is neither a regular file nor a link.
        """
        try:
            found = os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        if stat.S_ISLNK(found.st_mode):
            return None
        _require_regular(found)
        return found


def _require_file(handle: int) -> int:
    try:
        _require_regular(os.fstat(handle))
    except OSError:
        os.close(handle)
        raise
    return handle


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")


@contextmanager
def open_target(path: str, follow: LinkChoice, *, make: int | None = None) -> Iterator[WriteTarget]:
    """Find the directory of a file that is to be written; missing ones are made with the mode ``make``, if given.

    Raises:
        WriteError: a link on the way may not be followed, or a directory is missing or cannot be opened.
    """
    tops: list[tuple[Link, _Top]] = []
    own = _is_users_own(path)

    def allow(link: Link) -> None:
        top = None if own else _find_top(link.folders)
        if top is None or top.kind != "repository":
            _judge_outside(path, link)
        if top is not None and follow is not LinkChoice.EDITED:
            raise _refuse(path, f"{link.path} is a link to {link.target}, and no link of a {top.kind} is followed")
        if top is not None:
            tops.append((link, top))

    with ExitStack() as opened:
        with explain_refusal(path):
            walk = opened.enter_context(walk_path(path, allow, last=follow is not LinkChoice.OWN, make=make))
            for link, top in tops:
                if not _is_inside(walk, top.path):
                    raise _refuse(path, f"the link {link.path} leads out of its {top.kind}, to {walk.path}")
            folder = os.open(os.curdir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=walk.folders[-1].handle)
            opened.callback(os.close, folder)
        yield WriteTarget(path, folder, walk.name)


@contextmanager
def explain_refusal(path: str) -> Iterator[None]:
    """Turn an ``OSError`` of the block into a :class:`WriteError`."""
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"cannot write {path}: {error.strerror}",
            hint="the file is unchanged; fix the cause and run the command again",
        ) from error


def _judge_outside(path: str, link: Link) -> None:
    folder = link.folders[-1]
    if can_others_write(folder.status):
        raise _refuse(path, f"{link.path} is a link to {link.target}, in a directory that others can write")
    if not is_trusted(link.status.st_uid):
        raise _refuse(path, f"{link.path} is a link to {link.target}, and belongs to another user")


def _is_users_own(path: str) -> bool:
    """Whether a path names a file in one of the user's directories: no repository chose where those are."""
    whole = os.path.join(os.getcwd(), path)
    try:
        places = find_places(os.environ)
    except UsageError:  # then no file in them can be meant
        return False
    return os.pardir not in whole.split("/") and any(
        whole.startswith(os.path.join(way, "")) for place in places for way in (place, os.path.realpath(place))
    )


@dataclass(frozen=True, slots=True)
class _Top:
    """The top of a repository or project; ``kind`` is the word for it."""

    path: str
    kind: str


def _find_top(folders: tuple[Folder, ...]) -> _Top | None:
    """The top of what the last of ``folders`` is in.

    A repository that holds the user's home directory, as for dotfiles, does not make the projects below its own.
    """
    below, home = folders[_count_above_home(folders) :], folders[: _count_above_home(folders)]
    here = os.stat(os.curdir)
    return (
        _find_last(below, "repository", lambda folder: _holds(folder, _REPOSITORY))
        or _find_last(below, "project", lambda folder: os.path.samestat(folder.status, here))
        or _find_last(below, "project", lambda folder: _holds(folder, _PROJECT))
        or _find_last(home, "repository", lambda folder: _holds(folder, _REPOSITORY))
    )


def _find_last(folders: tuple[Folder, ...], kind: str, fits: Callable[[Folder], bool]) -> _Top | None:
    return next((_Top(folder.path, kind) for folder in reversed(folders) if fits(folder)), None)


def _count_above_home(folders: tuple[Folder, ...]) -> int:
    """How many of ``folders`` are the user's home directory or above it."""
    home = os.path.expanduser("~")
    whole = os.path.join(os.path.realpath(home), "") if os.path.isabs(home) else ""
    return sum(whole.startswith(os.path.join(folder.path, "")) for folder in folders)


def _holds(folder: Folder, names: tuple[str, ...]) -> bool:
    for name in names:
        with suppress(OSError):
            os.stat(name, dir_fd=folder.handle, follow_symlinks=False)
            return True
    return False


def _is_inside(walk: PathWalk, top: str) -> bool:
    """Whether a file is in the work tree with this top; what git and others keep is not part of it."""
    names = walk.path.removeprefix(top).lstrip("/").lower().split("/")
    return any(folder.path == top for folder in walk.folders) and not set(names) & set(_REPOSITORY)


def _refuse(path: str, why: str) -> WriteError:
    return WriteError(
        f"cannot write {path}: {why}", hint="name the file that you mean, or replace the link with a file"
    )
