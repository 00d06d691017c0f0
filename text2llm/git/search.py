"""The search for every configuration that is in force in a folder: commands that run below it can find another one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from text2llm.config.discovery import CONFIG_NAME, Found, find_repository, walk_configs
from text2llm.errors import Text2llmError


def find_configs(folder: str, environ: Mapping[str, str]) -> Found:
    """The configurations in a folder and below it.

    In a repository they are those that git tracks or does not ignore; what cannot be asked of git is the ``failure``.
    Elsewhere the folders are searched, up to a bound.
    """
    return walk_configs(folder) if find_repository(folder) is None else _ask_git(folder, environ)


def _ask_git(folder: str, environ: Mapping[str, str]) -> Found:
    from text2llm.git.repository import GitError, Repository

    paths, inner = list[str](), "."
    failure: Text2llmError | None = None
    try:
        repository = Repository(folder, environ)
        inner = repository.locate(os.path.realpath(folder))
        paths += repository.list_present(CONFIG_NAME, "--cached")  # without patterns of the repository, which are slow
        paths += repository.list_present(CONFIG_NAME, "--others", "--exclude-standard")
    except GitError as error:
        failure = error
    return Found(tuple(os.path.join(folder, path) for path in select_below(paths, inner)), failure=failure)


def select_below(paths: Iterable[str], folder: str) -> list[str]:
    """The configurations among paths of a repository that are in ``folder`` or below it, sorted, relative to it."""
    prefix = "" if folder == "." else f"{folder}/"
    inside = (path.removeprefix(prefix) for path in paths if path.startswith(prefix))
    return sorted(path for path in inside if path.rpartition("/")[2] == CONFIG_NAME)
