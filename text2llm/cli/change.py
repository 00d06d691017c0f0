"""The one path by which a command changes a file: show what would be, write it, say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import click

from text2llm.cli.options import output_style, page_width, print_json
from text2llm.cli.output_guard import nobody_reads
from text2llm.edit.file_change import FileChange
from text2llm.errors import WriteError

if TYPE_CHECKING:
    from text2llm.diff.change import Change

_Made = TypeVar("_Made", bound=FileChange)
#: What a change of a file means.
Tell: TypeAlias = "Callable[[_Made], tuple[Change, ...]]"


def perform(
    change_with: Callable[[Callable[[_Made], None]], _Made],
    tell: Tell[_Made],
    *,
    written: bool,
    as_json: bool,
    save: Callable[[_Made], None] | None = None,
) -> None:
    """Make a change that shows itself first; ``save`` is given it before the end is told.

    Raises:
        EditError: it cannot be made, or the file changed meanwhile.
        WriteError: nobody could read what would be written, or the operating system refused.
    """
    change = change_with(partial(show_or_refuse, tell=tell, as_json=as_json))
    if save is not None:
        save(change)
    finish(change, tell, written=written, as_json=as_json)


def show_or_refuse(change: _Made, tell: Tell[_Made], *, as_json: bool) -> None:
    """Show a change that is about to be made: what nobody could read is not done.

    Raises:
        WriteError: a reader that has gone, a full device.
    """
    try:
        show(change, tell, as_json=as_json)
    except OSError as error:
        raise _unread(error.strerror) from error
    if nobody_reads():
        raise _unread("its reader has gone")


def _unread(reason: str | None) -> WriteError:
    message = f"the diff could not be shown ({reason}), so nothing was changed"
    return WriteError(message, hint="let it be read, or use --json")


def show(change: _Made, tell: Tell[_Made], *, as_json: bool) -> None:
    """Print the warnings about a change and, unless JSON is wanted, its diff and what that means."""
    from text2llm.report.edit_result import edit_text
    from text2llm.report.failure import note_text

    click.echo("".join(map(note_text, change.notes)), nl=False, err=True)
    if not as_json:
        click.echo(edit_text(change, tell(change), output_style(), page_width()), nl=False)


def finish(change: _Made, tell: Tell[_Made], *, written: bool, as_json: bool) -> None:
    """Say whether the file was changed."""
    from text2llm.report.edit_result import edit_json

    applied = written and not change.is_empty
    if as_json:
        print_json(edit_json(change, tell(change), applied=applied))
    elif applied:
        click.echo(f"applied to {change.path}")
    elif not change.is_empty:
        click.echo("not applied", err=True)
