"""``text2llm plan`` and ``text2llm apply``: edits that are reviewed before they are made."""

from __future__ import annotations

import sys
from functools import cache, partial
from typing import TYPE_CHECKING

import click

from text2llm.cli.change import finish, save, show, show_or_refuse, words_of
from text2llm.cli.options import offer, open_workspace, shared_options
from text2llm.cli.terminal.notes import say_note
from text2llm.cli.terminal.output_guard import find_outlet
from text2llm.errors import ExitCode, UsageError
from text2llm.plan.plan import Plan
from text2llm.report.style import Style

if TYPE_CHECKING:
    from text2llm.diff.change import Change


@click.command("plan")
@click.argument("file", shell_complete=offer("files"))
@shared_options("out")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes to make.")
@shared_options("color", "json", "edit-env", "config")
def plan_command(  # noqa: PLR0913 - one parameter an option
    file: str,
    out: str | None,
    environment: str | None,
    config: str | None,
    *,
    detailed_exitcode: bool,
    as_json: bool,
) -> ExitCode:
    """Show the edits that make the configuration match FILE (- for standard input).

    FILE is a part of a configuration: only the keys that it names are compared. A written null removes a key; a key
    without any value says nothing. Nothing is changed.
    """
    from text2llm.cli.partial_config import read_partial
    from text2llm.commands.edit import EditRequest, plan_meaning, run
    from text2llm.plan.compare import agree_with

    (wanted, notes), workspace = read_partial(file), open_workspace(config, environment=environment)
    plan = run(workspace, EditRequest(partial(agree_with, wanted=wanted, notes=notes), write=False))
    explain = cache(partial(plan_meaning, workspace))
    if out:
        save(plan, out, explain)
    show(plan, explain, as_json=as_json)
    if as_json:
        finish(plan, explain, written=False, as_json=True)
    elif not out and not plan.is_empty:
        say_note("not applied; save it with --out PLAN, and apply that with `text2llm apply PLAN`")
    return ExitCode.WARNING if detailed_exitcode and not plan.is_empty else ExitCode.OK


@click.command("apply")
@click.argument("plan_file", metavar="PLAN", shell_complete=offer("files"))
@click.option("--yes", is_flag=True, help="Apply without asking.")
@shared_options("color", "json", "config")
def apply_command(plan_file: str, *, yes: bool, as_json: bool, config: str | None) -> ExitCode:
    """Apply a saved plan. It is refused when anything that it was made from has changed."""
    from text2llm.cli.partial_config import describe_plan_problem
    from text2llm.commands.edit import EditRequest, plan_meaning, run
    from text2llm.plan.apply import read_plan_file
    from text2llm.plan.saved import refuse_other_words

    saved, workspace = read_plan_file(plan_file, describe_plan_problem), open_workspace(config)
    plan, explain = run(workspace, EditRequest(saved, write=False)), cache(partial(plan_meaning, workspace))
    if not plan.is_empty:
        refuse_other_words(saved, *words_of(plan, explain), find_outlet())
        show_or_refuse(plan, explain, as_json=as_json)
        if not yes and not _ask(plan, explain(plan), as_json=as_json):
            finish(plan, explain, written=False, as_json=as_json)
            return ExitCode.FAILURE
        plan = run(workspace, EditRequest(saved))
    if plan.is_empty and not as_json:
        click.echo("no changes: this plan has been applied already")
    else:
        finish(plan, explain, written=True, as_json=as_json)
    return ExitCode.OK


def _ask(plan: Plan, meaning: tuple[Change, ...], *, as_json: bool) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("applying a saved plan needs confirmation, and there is no terminal", hint="pass --yes")
    if as_json:  # standard output is for the document, and the user must see what they confirm
        from text2llm.report.edit_result import edit_text

        click.echo(edit_text(plan, meaning, Style(enabled=False)), nl=False, err=True)
    return click.confirm("apply this plan?", err=True)
