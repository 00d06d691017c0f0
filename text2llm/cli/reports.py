"""``--report FORMAT=FILE``: the same result once more, as a file in another format; ``+=`` appends to the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

import click

from text2llm.cli.options import print_text
from text2llm.cli.terminal.output_guard import find_outlet
from text2llm.config.discovery import find_repository
from text2llm.diagnostics import Diagnostic
from text2llm.edit.output import is_input, write_output
from text2llm.errors import ExitCode, UsageError, WriteError
from text2llm.redaction import redact
from text2llm.report.formats import list_files, list_layouts, make_report

#: A document that others write to as well, such as a job's summary; the other formats are whole files.
APPENDABLE = "markdown"


class ReportFile(NamedTuple):
    """The file of a report; ``append``: below what it has already."""

    path: str
    append: bool = False


_Command = TypeVar("_Command", bound=Callable[..., Any])


def report_option(what: str) -> Callable[[_Command], _Command]:
    """The option, for a command that reports ``what``: a key of the table of formats."""
    formats = list_files(what)
    help_text = f"Also write a report; FORMAT is {', '.join(formats[:-1])} or {formats[-1]}. May be repeated."
    help_text += " markdown+=FILE appends to the file." if APPENDABLE in formats else ""

    def check(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, ReportFile]:
        return _parse_reports(values, formats)

    return click.option("--report", "reports", metavar="FORMAT=FILE", multiple=True, callback=check, help=help_text)


def format_option(what: str) -> Callable[[_Command], _Command]:
    """``--format``, for a command that prints ``what``: a key of the table of formats."""
    return click.option(
        "--format", "layout", type=click.Choice(list_layouts(what)), default="text", help="Output format."
    )


def print_layout(what: str, layout: str, value: object, text: Callable[[], str]) -> None:
    """Print a value in a layout; ``text`` renders the one for users."""
    if layout == "text":
        print_text(text(), color=True)
    else:
        click.echo(make_report(what, layout, value), nl=False)


def _parse_reports(values: tuple[str, ...], formats: tuple[str, ...]) -> dict[str, ReportFile]:
    """The file of each format. The flag is checked before anything else happens."""
    wanted: dict[str, ReportFile] = {}
    for value in values:
        name, equals, path = value.partition("=")
        layout, append = name.removesuffix("+"), name.endswith("+")
        if layout not in formats or not equals or not path:
            raise UsageError("--report needs FORMAT=FILE", hint=f"FORMAT is one of: {', '.join(formats)}")
        if append and layout != APPENDABLE:
            raise UsageError(f"--report {layout} is a whole file", hint=f"write {layout}={path}")
        if layout in wanted:
            raise UsageError(f"--report {layout} is given twice", hint="one file per format")
        _check_path(layout, path)
        wanted[layout] = ReportFile(path, append=append)
    if len({os.path.realpath(target.path) for target in wanted.values()}) < len(wanted):
        raise UsageError("--report names one file for two formats", hint="give each format a file of its own")
    return wanted


def _check_path(layout: str, path: str) -> None:
    folder = os.path.dirname(path) or "."
    if path == "-":
        raise UsageError(
            f"--report {layout}: '-' is not a file, and standard output has the result", hint="name a file"
        )
    if not os.path.isdir(folder):
        raise UsageError(f"--report {layout}: there is no directory {folder}", hint="create it first")
    if os.path.isdir(path):
        raise UsageError(f"--report {layout}: {path} is a directory", hint="name a file in it")


def spare_inputs(wanted: Mapping[str, ReportFile], inputs: Iterable[str]) -> None:
    """Refuse to write a report over a file that the command reads.

    Raises:
        UsageError: a report would.
    """
    read = tuple(inputs)
    for layout, target in wanted.items():
        if is_input(target.path, read):
            raise UsageError(f"--report {layout}: {target.path} is a file that is checked", hint="name another file")


def write_reports(wanted: Mapping[str, ReportFile], what: str, value: object) -> ExitCode:
    """Write every wanted report; ``FAILURE`` if one cannot be written, with the error on standard error.

    It is no exception: the result is on standard output by then, and ``--json`` prints one document only.
    """
    texts = ((target, make_report(what, layout, value, name_from_top)) for layout, target in wanted.items())
    problems = [problem for target, text in texts if (problem := _write(target, text))]
    if not problems:
        return ExitCode.OK
    from text2llm.report.failure import failure_text

    click.echo(failure_text(WriteError("; ".join(problems), hint="name another file")), nl=False, err=True)
    return ExitCode.FAILURE


def _write(target: ReportFile, text: str) -> str | None:
    try:
        write_output(target.path, redact(text, find_outlet()).encode(), append=target.append)
    except WriteError as error:
        return error.message
    return None


def name_from_top(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings with the paths that a code host knows, wherever the command was started."""
    name = cache(_name_from_top)
    return [each._replace(location=each.location._replace(path=name(each.location.path))) for each in findings]


def _name_from_top(path: str) -> str:
    if not os.path.lexists(path):  # standard input, or a file that is not there
        return path
    whole = os.path.abspath(path)
    top = find_repository(os.path.dirname(whole))
    return path if top is None else os.path.relpath(whole, top)
