"""Notes on standard error: what is neither a result nor a warning, and what ``--quiet`` silences."""

from __future__ import annotations

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
        click.echo(text, err=True)
