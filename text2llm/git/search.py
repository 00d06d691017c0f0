"""The search for every configuration that is in force in a folder: commands that run below it can find another one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from text2llm.config.discovery import CONFIG_NAME, Found, find_repository, walk_configs


def find_configs(folder: str, environ: Mapping[str, str]) -> Found:
    """The configurations in a folder and below it.

    In a repository they are those that git tracks or does not ignore. Elsewhere, and where git cannot be asked, the
    folders are searched, up to a bound.
    """
    if find_repository(folder) is not None:
        from text2llm.git.repository import GitError, Repository

        try:
            repository = Repository(folder, environ)
            inner = select_below(repository.list_present(CONFIG_NAME), repository.locate(os.path.realpath(folder)))
            return Found(tuple(os.path.join(folder, path) for path in inner))
        except GitError:
            pass
    return walk_configs(folder)


def select_below(paths: Iterable[str], folder: str) -> list[str]:
    """The configurations among paths of a repository that are in ``folder`` or below it, sorted, relative to it."""
    prefix = "" if folder == "." else f"{folder}/"
    inside = (path.removeprefix(prefix) for path in paths if path.startswith(prefix))
    return sorted(path for path in inside if path.rpartition("/")[2] == CONFIG_NAME)
