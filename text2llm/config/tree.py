"""The files of a repository, of one commit or of the working tree: links are followed inside it only. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

#: Bytes of a path, as on most systems.
MAX_PATH = 4096
LINK, FOLDER, MODULE = "120000", "040000", "160000"
#: As in Linux.
_MAX_LINKS = 40
#: So many characters of a path cost as much as one step.
LENGTH = 32
#: A link costs as much as this many steps of a path.
_LINK_COST = 10
_OUT = "leads out of the repository"


class OutsideError(Exception):
    """A path or a link leads out of the repository; its text says how."""


class Entry(NamedTuple):
    """An entry of a folder: its mode as git writes it, and an id that :class:`Tree` understands.

    A ``MODULE`` is another repository: a submodule, or a folder with a ``.git`` of its own.
    """

    mode: str
    oid: str

    @property
    def is_folder(self) -> bool:
        return self.mode == FOLDER

    @property
    def is_file(self) -> bool:
        """Whether it has content of its own; another repository does not."""
        return self.mode not in (FOLDER, MODULE, LINK)


class Entries(Protocol):
    """The entries of a folder by name."""

    def get(self, name: str, /) -> Entry | None: ...
    def items(self) -> Iterable[tuple[str, Entry]]: ...


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Place:
    """A file or folder; ``path`` is its own, after links, and ``above`` its folder (``None``: it is the top)."""

    path: str
    entry: Entry
    above: Place | None = None

    def below(self, name: str, entry: Entry) -> Place:
        return Place(f"{self.path}/{name}" if self.path else name, entry, self)


def _ignore(_cost: int) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a commit or a working tree.

    ``root`` is the id of the top, ``children`` lists the folder with an id, ``read`` returns the content of a file or
    the target of a link by its id, ``None`` if it has more bytes than the given limit. ``top`` is the real path of the
    working tree: an absolute link below it leads to the same file of this tree. ``elsewhere`` says what is wrong with a
    path into another repository.
    """

    root: str
    children: Callable[[str], Entries]
    read: Callable[[str, int], bytes | None]
    top: str = ""
    elsewhere: str = "leads into a submodule, whose files are not in a revision"

    def find(self, path: str, start: Place | None = None, charge: Callable[[int], None] = _ignore) -> Place | None:
        """The file or folder at a path from ``start`` (the top), links followed; ``None`` if missing.

        ``charge`` is told the cost of each step before it is taken.

        Raises:
            OutsideError: it leads out of the repository.
        """
        if path.startswith("/"):
            raise OutsideError(_OUT)
        steps, at, links = path.split("/")[::-1], start or self._top(), 0
        while steps:
            charge(1 + len(at.path) // LENGTH)
            name = steps.pop()
            if name in ("", "."):
                continue
            if name == "..":
                at = _step_up(at)
                continue
            entry = self.list_folder(at).get(name)
            if entry is None:
                return None
            if entry.mode != LINK:
                at = at.below(name, entry)
                continue
            links += 1
            charge(_LINK_COST)
            if links > _MAX_LINKS:
                return None
            target = self._follow(entry)
            if target.startswith("/"):
                at, target = self._top(), target.removeprefix(self.top)
            steps += target.split("/")[::-1]
        return at

    def list_folder(self, place: Place) -> Entries:
        """The entries of a folder; of a file: none.

        Raises:
            OutsideError: it is another repository.
        """
        if place.entry.mode == MODULE:
            raise OutsideError(self.elsewhere)
        return self.children(place.entry.oid) if place.entry.is_folder else {}

    def _top(self) -> Place:
        return Place("", Entry(FOLDER, self.root))

    def _follow(self, link: Entry) -> str:
        """Where a link leads; absolute only if that is below ``top``."""
        raw = self.read(link.oid, MAX_PATH)
        target = "/" if raw is None else raw.decode("utf-8", "surrogateescape")
        if target.startswith("/") and not (self.top and f"{target}/".startswith(f"{self.top}/")):
            raise OutsideError(_OUT)
        return target


def _step_up(place: Place) -> Place:
    if place.above is None:
        raise OutsideError(_OUT)
    return place.above
