"""``text2llm validate``."""

from __future__ import annotations

import sys

import click

from text2llm.cli.options import offer, open_workspace, output_style, print_text, shared_options, terminal_width
from text2llm.cli.reports import ReportFile, format_option, name_from_top, report_option, spare_inputs, write_reports
from text2llm.cli.terminal.notes import say_note
from text2llm.cli.terminal.output_guard import find_outlet
from text2llm.commands import validate
from text2llm.commands.validate import STDIN, Scope, Validation, read_raw
from text2llm.config.discovery import CONFIG_NAME
from text2llm.config.schema import MAX_FINDINGS
from text2llm.diagnostics import Severity
from text2llm.errors import ExitCode, UsageError
from text2llm.redaction import redact
from text2llm.report.findings import Excerpt, FindingsReport, findings_text, summary_line
from text2llm.report.formats import make_report
from text2llm.report.sanitize import clean_line


def _check_day(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        import re
        from datetime import date

        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                raise ValueError  # noqa: TRY301 - fromisoformat takes other forms too
            date.fromisoformat(value)
        except ValueError:
            raise click.BadParameter("write a date as YYYY-MM-DD, such as 2026-12-31") from None
    return value


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, shell_complete=offer("files"))
@format_option("findings")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--as-of",
    metavar="YYYY-MM-DD",
    callback=_check_day,
    help="Evaluate model retirement as of this date. [default: the date of the bundled facts]",
)
@click.option("--secrets-only", is_flag=True, help="Look for credentials only, in text files of any kind.")
@click.option(
    "--known-only", is_flag=True, help="Skip files that are neither a configuration nor included by one: for hooks."
)
@report_option("findings")
@shared_options("json", "config", "color")
def command(  # noqa: PLR0913 - one parameter an option
    files: tuple[str, ...],
    layout: str,
    reports: dict[str, ReportFile],
    config: str | None,
    as_of: str | None,
    *,
    strict: bool,
    secrets_only: bool,
    known_only: bool,
    as_json: bool,
) -> int:
    """Check configurations and agent files; without FILE, the configuration that is found, and those in folders below.

    An agent file is checked together with the configuration that includes it. '-' reads standard input.
    No connection is opened. Exit code 1: findings of severity error, with --strict of warning too.
    """
    if "" in files:
        raise UsageError("a FILE is empty", hint="is a variable not set?")
    if secrets_only and known_only:
        raise UsageError("--secrets-only and --known-only cannot be combined", hint="leave one out")
    workspace = open_workspace(config)
    if config:
        _ = workspace.path  # it must be there, whatever is checked
    # A file may have the name by which standard input is shown.
    named = tuple(STDIN if file == "-" else f"./{file}" if file == STDIN else file for file in files)
    scope = Scope.SECRETS if secrets_only else Scope.KNOWN if known_only else Scope.EVERY
    validation = validate.run(workspace, validate.CheckRequest(named, as_of, scope))
    spare_inputs(reports, validation.inputs)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    # Redact before a format escapes or wraps a secret beyond recognition.
    found = redact(validation.findings, find_outlet().forms)
    report = FindingsReport(found, validation.paths, failing)
    written = write_reports(reports, "findings", report)
    if as_json or layout != "text":
        click.echo(make_report("findings", "json" if as_json else layout, report, name_from_top), nl=False)
    else:
        _print_text(report, validation)
    if validation.named:
        say_note("note: one configuration was named: others in the folders below were not searched for")
    if validation.own is not None:
        own = clean_line(validation.own)
        say_note(f"note: there is no {CONFIG_NAME} here: your own was checked, {own}")
    for path in validation.cut:
        say_note(f"note: {clean_line(path)}: {MAX_FINDINGS} findings are shown; there may be more")
    return ExitCode.FAILURE if any(each.severity in failing for each in found) else written


def _print_text(report: FindingsReport, validation: Validation) -> None:
    excerpt = _excerpts(validation) if report.findings and sys.stdout.isatty() else None
    print_text(findings_text(report.findings, output_style(), excerpt), color=True)
    say_note(summary_line(report.findings, len(report.paths)))


def _excerpts(validation: Validation) -> Excerpt:
    from text2llm.report.excerpt import Excerpts

    unread = {finding.location.path for finding in validation.findings if finding.rule == "syntax"}
    texts = {path: read_raw(path) for path in unread if path != STDIN}
    return Excerpts(validation.documents, texts, terminal_width(), find_outlet().forms).draw
