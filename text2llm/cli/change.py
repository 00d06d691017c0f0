"""The one path by which a command changes a file: show the diff, write, report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import click

from text2llm.cli.options import output_style, page_width, print_json
from text2llm.cli.terminal.notes import fit_errors, say_note
from text2llm.cli.terminal.output_guard import find_outlet, nobody_reads
from text2llm.edit.file_change import FileChange
from text2llm.errors import WriteError

if TYPE_CHECKING:
    from text2llm.diff.change import Change
    from text2llm.plan.edits import Edit
    from text2llm.plan.plan import Plan
    from text2llm.workspace import Workspace

_Made = TypeVar("_Made", bound=FileChange)
#: What a change of a file means.
Explain: TypeAlias = "Callable[[_Made], tuple[Change, ...]]"


def perform(
    change_with: Callable[[Callable[[_Made], None]], _Made],
    explain: Explain[_Made],
    *,
    written: bool,
    as_json: bool,
    save: Callable[[_Made], None] | None = None,
) -> None:
    """Show a change, make it, and report it; ``save`` is called in between."""
    change = change_with(partial(show_or_refuse, explain=explain, as_json=as_json))
    if save is not None:
        save(change)
    finish(change, explain, written=written, as_json=as_json)


def show_or_refuse(change: _Made, explain: Explain[_Made], *, as_json: bool) -> None:
    """Show a change before it is made; one that cannot be shown is not made."""
    with refuse_unread():
        show(change, explain, as_json=as_json)


@contextmanager
def refuse_unread() -> Iterator[None]:
    """Refuse a change whose diff, printed in the block, does not reach its reader.

    Raises:
        WriteError: it does not.
    """
    try:
        yield
    except OSError as error:
        raise _unread(error.strerror) from error
    if nobody_reads():
        raise _unread("its reader has gone")


def _unread(reason: str | None) -> WriteError:
    message = f"the diff could not be shown ({reason}), so nothing was changed"
    return WriteError(message, hint="let it be read, or use --json")


def show(change: _Made, explain: Explain[_Made], *, as_json: bool) -> None:
    """Print the warnings about a change and, unless JSON is wanted, its diff and what that means."""
    from text2llm.report.edit_result import edit_text
    from text2llm.report.failure import note_text

    click.echo(fit_errors("".join(map(note_text, change.notes))), nl=False, err=True)
    if not as_json:
        click.echo(edit_text(change, explain(change), output_style(), page_width()), nl=False)


def finish(change: _Made, explain: Explain[_Made], *, written: bool, as_json: bool) -> None:
    """Say whether the file was changed."""
    from text2llm.report.edit_result import edit_json

    applied = written and not change.is_empty
    if as_json:
        print_json(edit_json(change, explain(change), applied=applied))
    elif applied:
        click.echo(f"applied to {change.path}")
    elif not change.is_empty:
        click.echo("not applied", err=True)


def apply_edit(  # noqa: PLR0913 - one parameter for each part of a request
    edit: Edit, workspace: Workspace, *, strict: bool, write: bool, out: str | None, as_json: bool
) -> None:
    """Make an edit and report it; ``out`` is the file to save its plan to."""
    from text2llm.commands.edit import EditRequest, plan_meaning, run

    explain = cache(partial(plan_meaning, workspace))
    keep = partial(save, out=out, explain=explain) if out else None
    make = partial(run, workspace, EditRequest(edit, strict, write, rehearse=not (write or out)))
    perform(make, explain, written=write, as_json=as_json, save=keep)


def save(plan: Plan, out: str, explain: Explain[Plan]) -> None:
    from text2llm.plan.apply import write_plan_file
    from text2llm.plan.saved import save_plan

    write_plan_file(out, plan, save_plan(plan, *words_of(plan, explain), find_outlet()))
    say_note(f"plan saved to {out}; apply it with `text2llm apply {out}`")


def words_of(plan: Plan, explain: Explain[Plan]) -> tuple[str, list[str]]:
    """What a saved plan shows: the diff, and what it means without the facts, which a new catalog can change."""
    from text2llm.report.edit_result import document_diff

    return document_diff(plan.before, plan.after), [each.message for each in explain(plan)]
