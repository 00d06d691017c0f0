"""Progress: one line on standard error, which the next one replaces and the last one clears."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from text2llm.cli.options import terminal_width
from text2llm.cli.terminal.notes import is_quiet

if TYPE_CHECKING:
    from text2llm.probe.result import ProbeResult, ProbeSummary


def show_progress(done: int, total: int, result: ProbeResult) -> None:
    from text2llm.report.probe import probe_progress_line

    show_line(probe_progress_line(done, total, result), last=done == total)


def clear_progress(summary: ProbeSummary) -> None:
    """Clear the line of a run that Ctrl-C ended."""
    if summary.interrupted:
        clear_line()


def clear_line() -> None:
    """Clear the line of progress, and the ``^C`` after it."""
    if sys.stderr.isatty():
        show_line("", last=True)


def show_line(line: str, *, last: bool) -> None:
    """Show a line on standard error that the next one replaces; the ``last`` one clears it."""
    if is_quiet():
        return
    click.echo("\r\x1b[K" + line[: terminal_width() - 1] + ("\r\x1b[K" if last else ""), nl=False, err=True)
