"""The files of one commit: links and patterns are followed inside it, never in the working tree. Pure over a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from text2llm.config.include import OutsideError, has_magic

_MAX_LINKS = 40
#: Bytes of a path, as on most systems.
_MAX_LINK_LENGTH = 4096
_LINK, _FOLDER, _MODULE = "120000", "040000", "160000"


class SubmoduleError(OutsideError):
    where = "leads into a submodule, whose files are not in a revision"


class Entry(NamedTuple):
    """An entry of a folder: git's mode and the object's id."""

    mode: str
    oid: str

    @property
    def is_folder(self) -> bool:
        return self.mode == _FOLDER

    @property
    def is_file(self) -> bool:
        """Whether it has content of its own; a submodule does not."""
        return self.mode not in (_FOLDER, _MODULE, _LINK)


class ResolvedEntry(NamedTuple):
    """A file or folder; ``path`` is its own, after links."""

    path: str
    entry: Entry


class Tree(NamedTuple):
    """A commit's files. ``children`` lists the folder with an id (``root``: the commit's).

    ``measure`` returns the sizes of files in bytes, ``read`` their contents, by their ids.
    """

    root: str
    children: Callable[[str], Mapping[str, Entry]]
    measure: Callable[[Sequence[str]], list[int]]
    read: Callable[[Sequence[str]], list[bytes]]

    def find(self, path: str) -> ResolvedEntry | None:
        """The file or folder at a path, links followed; ``None`` if missing.

        Raises:
            OutsideError: it leads out of the repository.
        """
        steps, done, links = path.split("/")[::-1], list[tuple[str, Entry]](), 0
        if path.startswith("/"):
            raise OutsideError
        while steps:
            name = steps.pop()
            if name in ("", "."):
                continue
            if name == "..":
                _step_up(done)
                continue
            entry = self._child(done, name)
            if entry is None:
                return None
            if entry.mode != _LINK:
                done.append((name, entry))
                continue
            links += 1
            if links > _MAX_LINKS:
                return None
            steps += self._follow(entry)
        if not done:
            return ResolvedEntry("", Entry(_FOLDER, self.root))
        return ResolvedEntry("/".join(name for name, _ in done), done[-1][1])

    def _child(self, done: list[tuple[str, Entry]], name: str) -> Entry | None:
        if done and done[-1][1].mode == _MODULE:
            raise SubmoduleError
        if done and not done[-1][1].is_folder:
            return None
        return self.children(done[-1][1].oid if done else self.root).get(name)

    def _follow(self, entry: Entry) -> list[str]:
        if max(self.measure([entry.oid])) > _MAX_LINK_LENGTH:
            raise OutsideError
        (target,) = self.read([entry.oid])
        text = target.decode("utf-8", "surrogateescape")
        if text.startswith("/"):
            raise OutsideError
        return text.split("/")[::-1]

    def glob(self, folder: str, pattern: str) -> Iterator[str]:
        """The paths in ``folder`` that match a pattern of ``include``, links not followed yet, sorted in each folder.

        Raises:
            OutsideError: it leads out of the repository.
        """
        if pattern.startswith("/"):
            raise OutsideError
        yield from dict.fromkeys(self._match(folder, pattern.split("/")))

    def _match(self, base: str, parts: list[str]) -> Iterator[str]:
        if not parts:
            yield base
            return
        first, rest = parts[0], parts[1:]
        if first == "**":
            yield from self._match_below(base, rest)
        elif has_magic(first):
            for name in self._names(base):
                if _fits(name, first) and (not rest or self._is_folder(_join(base, name))):
                    yield from self._match(_join(base, name), rest)
        elif rest or self.find(_join(base, first)) is not None:
            yield from self._match(_join(base, first), rest)

    def _match_below(self, base: str, rest: list[str]) -> Iterator[str]:
        """The matches of the rest of a pattern in a folder and all below it; without a rest, everything there."""
        if rest:
            yield from self._match(base, rest)
        for name in self._names(base):
            path = _join(base, name)
            if name.startswith("."):
                continue
            if not rest:
                yield path
            # Links to folders are not followed: they can form a cycle.
            if self._entry(path).is_folder:
                yield from self._match_below(path, rest)

    def _names(self, base: str) -> list[str]:
        found = self.find(base)
        return [] if found is None or not found.entry.is_folder else sorted(self.children(found.entry.oid))

    def _entry(self, path: str) -> Entry:
        folder, _, name = path.rpartition("/")
        found = self.find(folder)
        assert found is not None  # its names were listed
        return self.children(found.entry.oid)[name]

    def _is_folder(self, path: str) -> bool:
        """Whether a pattern can continue below a path: not if a link leads out."""
        try:
            found = self.find(path)
        except OutsideError:
            return False
        return found is not None and found.entry.is_folder


def _fits(name: str, pattern: str) -> bool:
    from fnmatch import fnmatchcase

    return fnmatchcase(name, pattern) and (pattern.startswith(".") or not name.startswith("."))


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _step_up(done: list[tuple[str, Entry]]) -> None:
    if not done:
        raise OutsideError
    done.pop()
