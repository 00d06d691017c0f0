"""The configurations in force: those that commands use, started in the working directory or in a folder below."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from shlex import quote
from typing import NamedTuple

from text2llm.config.discovery import (
    CONFIG_NAME,
    Found,
    explain_none,
    find_below,
    find_origin,
    find_repository,
    find_shared,
    is_named_config,
    shorten_path,
)
from text2llm.config.exclude import drop_excluded, list_excluded
from text2llm.config.load import read_file
from text2llm.config.suggest import list_names
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.errors import NoConfigError, ReadError, UsageError
from text2llm.git.search import find_configs
from text2llm.workspace import Workspace


class ConfigSelection(NamedTuple):
    """Configurations as they are shown, the one of the working directory first; ``findings`` are those of the search.

    ``others`` are those that are in force below; with ``named``, none was searched for.
    """

    paths: tuple[str, ...]
    findings: tuple[Diagnostic, ...] = ()
    others: tuple[str, ...] = ()
    named: bool = False


def find_in_force(workspace: Workspace, *, excluded: bool = False) -> ConfigSelection:
    """The configuration that is named; else the one that is found, and those in the folders below it.

    With ``excluded``, those too that a configuration leaves out.

    The user's own is not looked for: a repository without a configuration is not valid because that one is.

    Raises:
        NoConfigError: there is none.
        RefusedError: the one that is found belongs to another user.
    """
    if find_origin(workspace.named, workspace.environ):
        return ConfigSelection((workspace.path,), named=True)
    if find_shared(os.getcwd()) is None:
        raise _explain_none(workspace)
    folder = os.path.dirname(os.path.abspath(workspace.path))
    found = find_configs(folder, workspace.environ)
    others = tuple(_drop_excluded(found.paths, {workspace.path}, excluded=excluded))
    findings = tuple(_explain_unsearched(found, workspace.path))
    return ConfigSelection((workspace.path, *others), findings, others)


def find_configs_below(folder: str, environ: Mapping[str, str], *, excluded: bool = False) -> ConfigSelection:
    """Every configuration in a folder and below it, ``text2llm.NAME.yaml`` too; that there is none is a finding."""
    found = find_configs(os.path.abspath(folder), environ, named=True)
    paths = tuple(_drop_excluded(found.paths, set(), excluded=excluded))
    findings = list(_explain_unsearched(found, folder))
    if not paths and not findings:
        passed = "a repository below" if find_repository(os.path.abspath(folder)) is None else "one that git ignores"
        message = f"no {CONFIG_NAME} in this directory or below it"
        hint = f"run `text2llm init` to write one; {passed} is checked if you name it"
        findings.append(Diagnostic("unreadable", Severity.ERROR, message, Location(folder), hint))
    return ConfigSelection(paths, tuple(findings))


def find_everywhere(environ: Mapping[str, str], *, excluded: bool = False) -> ConfigSelection:
    """Every configuration of the repository that has the working directory.

    Raises:
        UsageError: it is in none.
    """
    top = find_repository(os.getcwd())
    if top is None:
        raise UsageError("--all is every configuration of a git repository, and this is none", hint="name a directory")
    return find_configs_below(shorten_path(top), environ, excluded=excluded)


def list_others(workspace: Workspace) -> tuple[str, ...]:
    """The other configurations of the repository that are in force below, as far as git can list them."""
    if find_origin(workspace.named, workspace.environ) or find_repository(os.getcwd()) is None:
        return ()
    return find_in_force(workspace).others if find_shared(os.getcwd()) else ()


def name_others(others: tuple[str, ...]) -> str:
    """A configuration or several, as a sentence begins with them, and what makes them count."""
    many = len(others) > 1
    return f"{list_names(others)} {'are' if many else 'is'} in force in {'their folders' if many else 'its folder'}"


def _drop_excluded(paths: Iterable[str], known: set[str], *, excluded: bool) -> Iterator[str]:
    """The paths, as they are shown, without those ``known`` and, unless ``excluded``, those excluded from above.

    None excludes itself, whatever its patterns match, and so none of its environments, which are checked with it.
    """
    left, real = list(paths), {os.path.abspath(path) for path in known}
    for root in () if excluded else sorted(left, key=lambda path: path.count(os.sep)):
        folder = os.path.dirname(os.path.abspath(root))
        patterns = _read_patterns(root) if root in left and not is_named_config(root) else ()
        if patterns:
            below = {os.path.relpath(path, folder).replace(os.sep, "/"): path for path in left}
            kept = {root, *(below[path] for path in drop_excluded(below, patterns))}
            left = [path for path in left if path in kept or not path.startswith(os.path.join(folder, ""))]
    yield from (shorten_path(path) for path in left if os.path.abspath(path) not in real)


def _read_patterns(path: str) -> tuple[str, ...]:
    with suppress(ReadError):  # a finding of its own
        return list_excluded(read_file(path).data)
    return ()


def _explain_none(workspace: Workspace) -> NoConfigError:
    folder = os.getcwd()
    error = explain_none(folder)
    hints = [error.hint, "`text2llm validate .` checks those below" if find_below(folder) else None]
    with suppress(NoConfigError):
        hints.append(f"your own is checked with `text2llm validate {quote(workspace.path)}`")
    return NoConfigError(error.message, hint="; ".join(filter(None, hints)))


def _explain_unsearched(found: Found, root: str) -> Iterator[Diagnostic]:
    message = "not every folder below was searched for other configurations"
    if found.failure is not None:
        reason, hint = found.failure.message, f"{found.failure.hint}; or name the files to check"
        yield Diagnostic("unreadable", Severity.ERROR, f"{message}: {reason}", Location(root), hint)
    if not found.complete:
        hint = "run it in a git repository"
        yield Diagnostic("unreadable", Severity.WARNING, f"{message}: there are too many", Location(root), hint)
