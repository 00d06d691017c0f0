"""Grants of the user's settings: listing and changing them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from text2llm.diff.change import Change, Level
from text2llm.edit.change import Action
from text2llm.edit.pipeline import change_file
from text2llm.errors import UsageError
from text2llm.plan.grants import Grants
from text2llm.plan.settings_edit import SettingsChange, SettingsEdit, plan_settings, read_grants, settings_file
from text2llm.settings.load import settings_path
from text2llm.trust.bindings import Bindings
from text2llm.workspace import Workspace, ignore

#: What shows a change before it is made.
Show: TypeAlias = Callable[[SettingsChange], None]


@dataclass(frozen=True, slots=True)
class GrantList:
    """The grants and the file that sets them. ``providers`` are those whose built-in bindings are wanted."""

    grants: Grants
    path: str
    providers: tuple[str, ...] | None


def list_grants(workspace: Workspace, provider: str | None = None, *, every: bool = False) -> GrantList:
    """The grants, with what comes with text2llm for a provider or for ``every`` one.

    Raises:
        UsageError: nothing comes with text2llm for this provider.
    """
    grants = read_grants(workspace.environ, workspace.registry)
    return GrantList(
        grants, settings_path(workspace.environ), _select(workspace, grants.bindings, provider, every=every)
    )


def _select(workspace: Workspace, bindings: Bindings, provider: str | None, *, every: bool) -> tuple[str, ...] | None:
    known = sorted({*bindings.origins, *bindings.logins})
    if provider is None:
        return tuple(known) if every else None
    name = workspace.registry.spellings().provider(provider)
    if name not in known:
        near = workspace.registry.near(provider)
        hint = f"did you mean {' or '.join(near)}?" if near else "`text2llm trust list --all` names all of them"
        raise UsageError(f"--provider: no provider {provider!r} comes with text2llm", hint=hint)
    return tuple(known) if every else (name,)


def change_grants(
    workspace: Workspace, edit: SettingsEdit, show: Show = ignore, *, write: bool = True
) -> SettingsChange:
    """Change the grants: what ``show`` is given is what is written; without ``write`` nothing is."""
    file = settings_file(workspace.environ, workspace.on_wait)
    return change_file(file, partial(plan_settings, workspace.environ, edit), show, write=write)


def grant_meaning(change: SettingsChange) -> tuple[Change, ...]:
    kinds = ("grant-removed" if each.action is Action.REMOVE else "grant-added" for each in change.changes)
    return tuple(Change(kind, Level.CHANGE, "trust", line) for kind, line in zip(kinds, change.meaning, strict=True))
