"""Which configurations a file belongs to: it is one itself, or they include it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache

from text2llm.config.discovery import CONFIG_NAME, find_config, is_named_config, list_named, shorten_path
from text2llm.config.document import Document
from text2llm.config.environment_files import is_environment, split_path
from text2llm.config.load import find_included
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.errors import NoConfigError, ReadError, RefusedError
from text2llm.workspace import Workspace


class RootSet:
    """The configurations of a run. ``read`` reads a file; ``unread`` are those that it could not."""

    def __init__(self, workspace: Workspace, read: Callable[[str], Document]) -> None:
        self._workspace, self._read = workspace, read
        self._roots_of = cache(self._find_roots_of)  # many agent files are in one folder
        self.members: dict[str, frozenset[str]] = {}
        self.unread: set[str] = set()

    def is_root(self, path: str, real: str) -> bool:
        named = self._workspace.named is not None and os.path.realpath(self._workspace.named) == real
        return named or os.path.basename(path) == CONFIG_NAME

    def find(self, path: str) -> Iterator[str]:
        """The file itself if it is a configuration, else those that include it."""
        real = os.path.realpath(path)
        if self.is_root(path, real) or is_named_config(path) or self._is_layer_of_named(path):
            yield path
            return
        yield from (root for root in self.candidates(path) if real in self.included_by(root))

    def _is_layer_of_named(self, path: str) -> bool:
        """Whether a file is called as an environment of the configuration that the user names is."""
        parts = None if self._workspace.named is None else split_path(path)
        return parts is not None and self.is_root(parts[0], os.path.realpath(parts[0]))

    def included_by(self, root: str) -> frozenset[str]:
        """The real paths of a root's agent files; none if it cannot be read: that is reported when it changes."""
        if root not in self.members:
            try:
                self.members[root] = frozenset(map(os.path.realpath, find_included(self._read(root), [])))
            except ReadError:
                self.unread.add(root)
                self.members[root] = frozenset()
        return self.members[root]

    def candidates(self, path: str) -> Iterator[str]:
        """The configurations that may include an agent file: from its own folder up, then those that are used here."""
        folders = (os.path.dirname(os.path.abspath(path)), os.getcwd())
        yield from map(shorten_path, dict.fromkeys(root for folder in folders for root in self._roots_of(folder)))

    def _find_roots_of(self, folder: str) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        root, named = os.path.join(folder, CONFIG_NAME), self._workspace.named
        with suppress(NoConfigError, RefusedError):
            found = (root := find_config(named, self._workspace.environ, folder),)
        if named is not None:
            return found
        return (*found, *(path for path in list_named(os.path.dirname(root)) if not is_environment(path)))

    def explain_alone(self, path: str, looked_at: Iterable[str]) -> Diagnostic:
        """The finding that an agent file is checked without a configuration that includes it."""
        roots = list(looked_at)
        unread = next((root for root in roots if root in self.unread), None)
        if unread is not None:
            message, hint = f"checked by itself only: {unread} cannot be read", f"run `text2llm validate {unread}`"
        else:
            said = "does" if len(roots) == 1 else "do"
            reason = f"{' and '.join(roots)} {said} not" if roots else f"there is no {CONFIG_NAME} that could"
            message = f"nothing includes this agent file: {reason}"
            hint = "add the file to `include` of the configuration that it belongs to"
        return Diagnostic("include", Severity.WARNING, message, Location(path), hint)
