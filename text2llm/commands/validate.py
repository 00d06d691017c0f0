"""Checking any number of files: what to check, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from text2llm.commands.checker import Checker
from text2llm.commands.in_force import ConfigSelection, find_in_force
from text2llm.config.document import Document
from text2llm.diagnostics import Diagnostic
from text2llm.rules.run import limit_findings
from text2llm.workspace import Workspace


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

    ``as_of`` is the reference date for model retirement, ``None`` for that of the facts.
    """

    files: tuple[str, ...]
    as_of: str | None = None
    scope: Scope = Scope.EVERY


class Validation(NamedTuple):
    """The findings of a run.

    ``paths`` are the files that were looked at and ``cut`` those that may have more findings than are shown;
    ``documents`` are those that could be read; all by the path that is shown. ``inputs`` are all files that were read.
    ``own`` is the user's own configuration if that was checked, for lack of one that is shared. With ``named``, others
    were not searched for, since an option or a variable names one.
    """

    findings: list[Diagnostic]
    paths: tuple[str, ...]
    cut: list[str]
    documents: Mapping[str, Document]
    inputs: frozenset[str]
    own: str | None = None
    named: bool = False


def run(workspace: Workspace, request: CheckRequest) -> Validation:
    """Check every file, a root with the agent files that it includes; what is wrong with a file is a finding.

    Raises:
        NoConfigError: no file is named, and no configuration is in force.
        RefusedError: the one that is found belongs to another user.
    """
    found = ConfigSelection(request.files) if request.files else find_in_force(workspace)
    checker = Checker(workspace, request.as_of)
    ways = {Scope.EVERY: checker.run, Scope.KNOWN: checker.run_known, Scope.SECRETS: checker.run_secrets}
    ways[request.scope](found.paths)
    findings, cut = limit_findings([*checker.findings, *found.findings])
    inputs = frozenset(checker.list_inputs())
    return Validation(findings, checker.paths, cut, checker.documents, inputs, found.own, found.named)
