"""``validate --fix``: which fixes are wanted, and how they are shown."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from text2llm.cli.change import refuse_unread
from text2llm.cli.options import output_style, reject_unknown
from text2llm.commands.checked_file import STDIN
from text2llm.edit.file_change import FileChange
from text2llm.errors import UsageError
from text2llm.plan.fixing import FixChoice
from text2llm.report.edit_result import diff_text


def choose_fixes(values: Sequence[str], files: Sequence[str]) -> tuple[FixChoice | None, tuple[str, ...]]:
    """What the values of ``--fix`` choose, and the files to check: a value that is no rule is the first of them.

    Raises:
        UsageError: a rule has no fix, a value is neither a rule nor a file, or standard input is to be fixed.
    """
    from text2llm.rules.explain import list_explanations

    if not values:
        return None, tuple(files)
    rules = {each.id: each.has_fix for each in list_explanations()}
    named = [value for value in values if value in rules]
    paths = [value for value in values if value and value not in rules]
    if {"-", STDIN} & {*paths, *files}:
        raise UsageError("--fix changes files, and '-' is standard input", hint="name a file")
    for value in named:
        if not rules[value]:
            raise UsageError(f"--fix: no finding of {value} has a fix", hint=f"`text2llm rule {value}` explains it")
    for path in paths:
        if not os.path.lexists(path) and "." not in path and os.sep not in path:
            raise reject_unknown("rule", path, rules)
    return FixChoice(len(named) < len(values), frozenset(named)), (*paths, *files)


def show_changes(changes: Sequence[FileChange], *, as_text: bool) -> None:
    """Print the diffs before anything is written; those that cannot be shown are not written.

    Where standard output has a document for programs, they go to standard error.
    """
    with refuse_unread():
        click.echo(diff_text(changes, output_style()), nl=False, err=not as_text)
