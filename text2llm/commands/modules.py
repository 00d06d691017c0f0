"""Submodules with configurations, whose commits are compared: the files in them are of no revision of a repository."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from text2llm.diff.both import Both
from text2llm.diff.change import SHORT_COMMIT, Change, Level
from text2llm.git.repository import Repository
from text2llm.git.search import find_configs, find_modules


def compare_modules(
    repository: Repository, folder: str, environ: Mapping[str, str], commits: Both[str | None], *, staged: bool
) -> Iterator[Change]:
    """The submodules below a folder that are checked out, have a configuration, and have another commit.

    Without a new commit, it is that of the index, or the one that is checked out.

    Raises:
        GitError: git cannot list them.
        Text2llmError: there are too many.
    """
    inner = repository.locate(os.path.realpath(folder))
    modules = find_modules(repository, inner)
    listed = commits.map(repository.list_modules if modules else _list_none)
    for module in modules:
        path, place = os.path.normpath(os.path.join(inner, module)), os.path.join(folder, module)
        ids = Both(listed.old.get(path), listed.new.get(path))
        if commits.new is None and not staged:
            ids = ids._replace(new=Repository(place, environ).find_commit("HEAD"))
        if ids.differ() and find_configs(place, environ).paths:
            yield _describe(path, ids)


def _list_none(_commit: str | None) -> dict[str, str]:
    return {}


def _describe(path: str, ids: Both[str | None]) -> Change:
    texts = ids.map(lambda commit: None if commit is None else commit[:SHORT_COMMIT])
    spelled = f"{texts.old or 'none'} → {texts.new or 'none'}"
    subject = f"submodule {path}"
    return Change(
        "submodule", Level.WARNING, subject, f"{subject}: {spelled}: its configurations are not compared", texts
    )
