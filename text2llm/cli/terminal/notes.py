"""Notes on standard error: what is neither a result nor a warning, and what ``--quiet`` silences."""

from __future__ import annotations

import os
import sys

import click

_QUIET = "text2llm.quiet"


def silence_notes(context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001
    """The callback of ``--quiet``, before a command or after it."""
    if value:
        context.meta[_QUIET] = True


def is_quiet() -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_QUIET))


def say_note(text: str) -> None:
    if not is_quiet():
        click.echo(fit_errors(text), err=True)


def fit_errors(text: str) -> str:
    """A text for standard error, without words that the edge of a terminal cuts."""
    try:
        width = os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):  # not a terminal, or closed
        return text
    from text2llm.report.rows import fit_text

    return fit_text(text, width or None)
