"""Checking any number of files: what to check, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from text2llm.commands.checker import Checker
from text2llm.commands.in_force import ConfigSelection, find_configs_below, find_everywhere, find_in_force
from text2llm.config.document import Document
from text2llm.diagnostics import Diagnostic
from text2llm.rules.run import limit_findings
from text2llm.workspace import Workspace, ignore

if TYPE_CHECKING:
    from text2llm.commands.fix import Fixed
    from text2llm.edit.file_change import FileChange
    from text2llm.plan.fixing import FixChoice


class Scope(Enum):
    """What is looked at.

    ``KNOWN``: configurations and those that include a file, as a hook needs, which is handed every changed file;
    ``SECRETS``: text files of any kind, for credentials alone.
    """

    EVERY = "every"
    KNOWN = "known"
    SECRETS = "secrets"


class CheckRequest(NamedTuple):
    """The files to check; none: every configuration that is in force where the command was started, and below.

    A directory stands for every configuration in it and below; ``everywhere``: in the repository.

    ``as_of`` is the reference date for model retirement, ``None`` for that of the facts. ``fix`` says what to fix;
    without ``write`` the changes are only shown. With ``spans`` each fix says what it replaces in the text. ``policy``
    is the file of a policy from outside the repository.
    """

    files: tuple[str, ...]
    as_of: str | None = None
    scope: Scope = Scope.EVERY
    fix: FixChoice | None = None
    write: bool = True
    spans: bool = False
    everywhere: bool = False
    policy: str | None = None


class Validation(NamedTuple):
    """The findings of a run.

    ``paths`` are the files that were looked at and ``cut`` those that may have more findings than are shown;
    ``documents`` are those that could be read; all by the path that is shown. ``inputs`` are all files that were read.
    ``others`` are the configurations in force below that of the working directory. With ``named``, they were not
    searched for, since an option or a variable names one. ``fixed`` is what was fixed, if that was requested, and
    ``exceptions`` how many of the requested policy are in use.
    """

    findings: list[Diagnostic]
    paths: tuple[str, ...]
    cut: list[str]
    documents: Mapping[str, Document]
    inputs: frozenset[str]
    others: tuple[str, ...] = ()
    named: bool = False
    fixed: Fixed | None = None
    exceptions: int | None = None


def run(
    workspace: Workspace, request: CheckRequest, show: Callable[[Sequence[FileChange]], None] = ignore
) -> Validation:
    """Check every file, a root with the agent files that it includes; what is wrong with a file is a finding.

    With ``fix`` the findings are those that are left; ``show`` is given the changes before they are written.

    Raises:
        NoConfigError: no file is named, and no configuration is in force.
        RefusedError: the one that is found belongs to another user.
        ReadError: the file of the policy cannot be read.
        EditError: a file to fix changed meanwhile.
        WriteError: one could not be written.
    """
    found = _select(workspace, request)
    outside = None
    if request.policy is not None:
        from text2llm.commands.policy_file import read_policy_file

        outside = read_policy_file(request.policy, workspace.registry)
    policy = None if outside is None else outside.policy
    checker = Checker(workspace, request.as_of, None, policy)
    ways = {Scope.EVERY: checker.run, Scope.KNOWN: checker.run_known, Scope.SECRETS: checker.run_secrets}
    ways[request.scope](found.paths)
    fixed = None
    if request.fix is not None:
        from text2llm.commands.fix import fix_files
        from text2llm.edit.pipeline import change_files

        fixed, checker = fix_files(workspace, checker, request.fix)
        change_files(fixed.changes, show, on_wait=workspace.on_wait, write=request.write)
    # The file of the policy is not of the repository, so nothing in it is fixed.
    found_outside = [each._replace(fix=None) for each in (() if outside is None else outside.findings)]
    findings, cut = limit_findings([*checker.findings, *found.findings, *found_outside])
    if request.spans:
        findings = [_place_fix(each, checker.documents) for each in findings]
    inputs, documents = frozenset(checker.list_inputs()), checker.documents
    if outside is not None:
        inputs, documents = inputs | {outside.document.path}, {**documents, outside.document.path: outside.document}
    exceptions = None if outside is None else outside.count_exceptions()
    return Validation(findings, checker.paths, cut, documents, inputs, found.others, found.named, fixed, exceptions)


def _select(workspace: Workspace, request: CheckRequest) -> ConfigSelection:
    excluded = request.policy is not None  # nothing in the repository narrows what a policy from outside is asked about
    if request.everywhere:
        return find_everywhere(workspace.environ, excluded=excluded)
    if not request.files:
        return find_in_force(workspace, excluded=excluded)
    if request.scope is Scope.SECRETS or not any(map(os.path.isdir, request.files)):
        return ConfigSelection(request.files)
    parts = [
        find_configs_below(each, workspace.environ, excluded=excluded)
        if os.path.isdir(each)
        else ConfigSelection((each,))
        for each in request.files
    ]
    return ConfigSelection(
        tuple(path for part in parts for path in part.paths), tuple(each for part in parts for each in part.findings)
    )


def _place_fix(finding: Diagnostic, documents: Mapping[str, Document]) -> Diagnostic:
    document = documents.get(finding.location.path)
    if finding.fix is None or document is None:
        return finding
    from text2llm.edit.fixing import find_span

    return finding._replace(fix=finding.fix._replace(span=find_span(document, finding.fix)))
