"""Changing the configuration: one edit, or a plan that was saved; what is shown is what is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from text2llm.auth.reading import Reading, read_meaning
from text2llm.config.discovery import shorten_path
from text2llm.config.model import Config
from text2llm.diagnostics import Diagnostic
from text2llm.diff.both import Both
from text2llm.diff.change import Change
from text2llm.diff.compare import compare_configs
from text2llm.edit.pipeline import EditedFile, change_file
from text2llm.plan.apply import Target, plan_edit, plan_saved
from text2llm.plan.checks import Checks
from text2llm.plan.edits import Edit
from text2llm.plan.plan import Plan
from text2llm.plan.saved import SavedPlan
from text2llm.redaction.forms import Forms
from text2llm.storage.atomic import check_replaceable
from text2llm.trust.public import GRANTS_VARIABLE
from text2llm.workspace import Workspace, ignore

#: What shows a plan before it is carried out.
Show: TypeAlias = Callable[[Plan], None]


@dataclass(frozen=True, slots=True)
class EditRequest:
    """The edit, or a saved plan. ``strict``: an added warning is refused; without ``write`` nothing is changed.

    With ``rehearse`` too, a file that could not be written is refused all the same.
    """

    edit: Edit | SavedPlan
    strict: bool = False
    write: bool = True
    rehearse: bool = False


def run(workspace: Workspace, request: EditRequest, show: Show = ignore) -> Plan:
    """Make an edit: what ``show`` is given is what is written."""
    saved = request.edit.environment if isinstance(request.edit, SavedPlan) else None
    target = _open_target(workspace, saved or workspace.environment)
    if isinstance(request.edit, SavedPlan):
        make = partial(plan_saved, target, request.edit)
    else:
        make = partial(plan_edit, target, request.edit, strict=request.strict)
    plan = change_file(target.file, make, show, write=request.write)
    if request.rehearse and not plan.is_empty:
        check_replaceable(plan.path)
    return plan


def plan_meaning(workspace: Workspace, plan: Plan) -> tuple[Change, ...]:
    """What an edit means for those who use the configuration, with the facts about models."""
    configs = Both(plan.config_before, plan.config_after)
    if not plan.others:
        return compare_configs(configs, workspace.registry, workspace.bundle)
    from text2llm.diff.effect import compare_views

    read = partial(read_meaning, registry=workspace.registry, bundle=workspace.bundle)
    others = {name: Both(*pair).map(read) for name, pair in plan.others.items()}
    return compare_views(configs.map(read), others)


def _open_target(workspace: Workspace, environment: str | None) -> Target:
    def find_warnings(config: Config) -> list[Diagnostic]:
        from text2llm.rules.check_config import check_config

        return check_config(config, workspace.registry, environ=workspace.environ)

    def read(config: Config) -> Reading:
        return read_meaning(config, workspace.registry).with_lists(_find_lists(config, workspace))

    file = EditedFile(shorten_path(workspace.path), workspace.on_wait)
    checks = Checks(find_warnings, read, Forms(workspace.registry))
    return Target(file, checks, workspace.apply_environment, workspace.key_names(), environment)


def _find_lists(config: Config, workspace: Workspace) -> Mapping[str, Collection[str]]:
    """The lists that `models refresh` kept of the providers; each is read when it is needed."""
    from text2llm.catalog.facts import LazyMapping

    environ = {name: value for name, value in workspace.environ.items() if name != GRANTS_VARIABLE}

    def find(provider: str) -> Collection[str]:
        view = Reading(config, None, environ, workspace.registry, workspace.now)
        return workspace.find_listings([provider], view).get(provider, {})

    providers = {*workspace.registry.ids(), *map(workspace.registry.spellings().provider, config.providers)}
    return LazyMapping(providers, find)
