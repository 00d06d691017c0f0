"""The configurations in force: those that commands use, started in the working directory or in a folder below."""

from __future__ import annotations

import os
from collections.abc import Iterator
from shlex import quote
from typing import NamedTuple

from text2llm.config.discovery import (
    Found,
    explain_none,
    find_origin,
    find_repository,
    find_shared,
    is_ci,
    shorten_path,
)
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.errors import NoConfigError
from text2llm.git.search import find_configs
from text2llm.workspace import Workspace


class ConfigSelection(NamedTuple):
    """Configurations as they are shown, the one of the working directory first; ``findings`` are those of the search.

    ``own`` is the user's own configuration if it is the only one; with ``named``, no others were searched for.
    """

    paths: tuple[str, ...]
    findings: tuple[Diagnostic, ...] = ()
    own: str | None = None
    named: bool = False


def find_in_force(workspace: Workspace) -> ConfigSelection:
    """The configuration that is named; else the one that is found, and those in the folders below it.

    Raises:
        NoConfigError: there is none, or none but the user's own, in a repository or in CI.
        RefusedError: the one that is found belongs to another user.
    """
    if find_origin(workspace.named, workspace.environ):
        return ConfigSelection((workspace.path,), named=True)
    if find_shared(os.getcwd()) is None:
        _refuse_own(workspace)
        return ConfigSelection((workspace.path,), own=workspace.path)
    folder = os.path.dirname(os.path.abspath(workspace.path))
    found = find_configs(folder, workspace.environ)
    paths = tuple(dict.fromkeys((workspace.path, *map(shorten_path, found.paths))))
    return ConfigSelection(paths, tuple(_explain_unsearched(found, workspace.path)))


def _refuse_own(workspace: Workspace) -> None:
    """Refuse to call a repository valid whose configuration is missing, because the user's own is valid."""
    folder, own = os.getcwd(), workspace.path
    if find_repository(folder) is not None or is_ci(workspace.environ):
        error = explain_none(folder)
        hint = f"{error.hint}; your own is checked with `text2llm validate {quote(own)}`"
        raise NoConfigError(error.message, hint=hint)


def _explain_unsearched(found: Found, root: str) -> Iterator[Diagnostic]:
    message = "not every folder below was searched for other configurations"
    if found.failure is not None:
        reason, hint = found.failure.message, f"{found.failure.hint}; or name the files to check"
        yield Diagnostic("unreadable", Severity.ERROR, f"{message}: {reason}", Location(root), hint)
    if not found.complete:
        hint = "run it in a git repository"
        yield Diagnostic("unreadable", Severity.WARNING, f"{message}: there are too many", Location(root), hint)
