"""The search for every configuration that is in force in a folder: commands that run below it can find another one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from text2llm.config.discovery import CONFIG_NAME, NAMED_CONFIGS, Found, find_repository, walk_configs
from text2llm.errors import Text2llmError

if TYPE_CHECKING:
    from text2llm.git.repository import Repository

#: Git is started a few times for each.
_MAX_MODULES = 100


def find_configs(folder: str, environ: Mapping[str, str], *, named: bool = False) -> Found:
    """The configurations in a folder and below it; with ``named`` those called ``text2llm.NAME.yaml``, too.

    In a repository they are those that git tracks or does not ignore, in its submodules too; that git cannot be asked
    is the ``failure``. Elsewhere the folders are searched, up to a bound.
    """
    if find_repository(os.path.realpath(folder)) is None:
        return walk_configs(folder, named=named)
    return _ask_git(folder, environ, (CONFIG_NAME, NAMED_CONFIGS) if named else (CONFIG_NAME,))


def _ask_git(folder: str, environ: Mapping[str, str], names: tuple[str, ...]) -> Found:
    from text2llm.git.repository import Repository

    paths, modules, inner = list[str](), list[str](), "."
    failure: Text2llmError | None = None
    try:
        repository = Repository(folder, environ)
        inner = repository.locate(os.path.realpath(folder))
        paths += repository.list_present(*names)  # without patterns of the repository, which are slow
        modules = find_modules(repository, inner)
        paths += repository.list_untracked(*names)
    except Text2llmError as error:
        failure = error
    found = [Found(tuple(sorted(_relate(paths, inner))), failure=failure)]
    found += (_ask_git(os.path.join(folder, module), environ, names) for module in modules)
    every = (os.path.join(folder, path) for each in found for path in each.paths)
    return Found(tuple(sorted(every)), failure=next((each.failure for each in found if each.failure), None))


def find_modules(repository: Repository, inner: str) -> list[str]:
    """The submodules below a folder that are checked out, relative to it.

    Raises:
        GitError: they cannot be listed.
        Text2llmError: there are too many.
    """
    there = (path for path in _relate(repository.list_modules(), inner) if _is_module(repository.top, inner, path))
    modules = list(islice(there, _MAX_MODULES + 1))
    if len(modules) > _MAX_MODULES:
        raise Text2llmError(f"there are more than {_MAX_MODULES} submodules", hint="run it in each")
    return modules


def _is_module(top: str, *parts: str) -> bool:
    folder = os.path.normpath(os.path.join(top, *parts))
    return os.path.realpath(folder) == folder and os.path.lexists(os.path.join(folder, ".git"))


def select_below(paths: Iterable[str], folder: str) -> list[str]:
    """The configurations among paths of a repository that are in ``folder`` or below it, sorted, relative to it."""
    return sorted(path for path in _relate(paths, folder) if path.rpartition("/")[2] == CONFIG_NAME)


def _relate(paths: Iterable[str], folder: str) -> Iterator[str]:
    """The paths below a folder, relative to it."""
    prefix = "" if folder == "." else f"{folder}/"
    return (path.removeprefix(prefix) for path in paths if path.startswith(prefix))
