"""One side of a comparison: a configuration and its environments, in a commit, the index or the working tree."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from text2llm.config.document import Document
from text2llm.config.environment_files import list_environments, read_environment
from text2llm.config.load import Loaded, load_file
from text2llm.config.model import Config
from text2llm.config.tree import Tree
from text2llm.errors import InvalidConfigError, ReadError
from text2llm.git.repository import Repository
from text2llm.git.revision import load_environments, load_revision

#: Lays the environment with this name and file over a configuration.
Lay: TypeAlias = Callable[[Loaded, str, Document], Loaded]
WORKING_TREE, INDEX = "working tree", "index"
_ELSEWHERE = "compare with a revision in which the configuration is valid"
_VALIDATE = "run `text2llm validate` to see every finding"


@dataclass(frozen=True, slots=True)
class Source:
    """Where one side is: a commit, or without one what ``name`` says, which locations begin with."""

    repository: Repository
    commit: str | None
    name: str

    def load(self, path: str) -> Config | None:
        """The configuration of one side; ``None`` where there is none.

        Raises:
            ReadError: a file cannot be read.
            InvalidConfigError: it has findings.
        """
        with self._explain_failure():
            tree, inner = self._open_tree(), self.repository.locate(path)
            if tree is not None:
                loaded = load_revision(tree, inner, self.name)
            else:
                loaded = load_file(path) if os.path.lexists(path) else None
        return None if loaded is None else self._require(loaded, "")

    def load_views(self, path: str, config: Config | None, lay: Lay) -> dict[str, Config]:
        """A configuration under each of its environments, by name; it raises what :meth:`load` does."""
        if config is None:
            return {}
        base = Loaded(config.document, tuple(config.included.values()), (), config)
        with self._explain_failure():
            tree, inner = self._open_tree(), self.repository.locate(path)
            if tree is not None:
                layers = load_environments(tree, inner, self.name)
            else:
                layers = {name: read_environment(path, name) for name in list_environments(path)}
        return {name: self._require(lay(base, name, each), f" under {name}") for name, each in layers.items()}

    @contextmanager
    def _explain_failure(self) -> Iterator[None]:
        try:
            yield
        except ReadError as error:
            hint = _ELSEWHERE if self.commit is not None else error.hint or _VALIDATE
            message = f"{self._describe()}: {error.message}"
            raise ReadError(message, hint=hint, location=error.location) from error

    def _open_tree(self) -> Tree | None:
        """The files of a commit or of the index; ``None``: those of the working tree."""
        repository = self.repository
        if self.commit is not None:
            return Tree(self.commit, repository.list_folder, repository.read_object, repository.top)
        if self.name != INDEX:
            return None
        return Tree("", repository.list_index().__getitem__, repository.read_object, repository.top)

    def _require(self, loaded: Loaded, under: str) -> Config:
        if loaded.config is not None:
            return loaded.config
        first, more = loaded.first_error(), len(loaded.findings) - 1
        message = f"{self._describe()}{under} is not valid: {first.message}" + (f" (and {more} more)" if more else "")
        hint = _ELSEWHERE if self.commit is not None else first.hint or _VALIDATE
        raise InvalidConfigError(message, hint=hint, location=first.location)

    def _describe(self) -> str:
        return f"the configuration {where(self.name)}"


def where(name: str) -> str:
    return f"in the {name}" if name in (WORKING_TREE, INDEX) else f"at {name}"
