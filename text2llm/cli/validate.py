"""``text2llm validate``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from text2llm.cli.options import offer, open_workspace, output_style, print_text, shared_options, terminal_width
from text2llm.cli.reports import ReportFile, format_option, name_from_top, report_option, spare_inputs, write_reports
from text2llm.cli.terminal.notes import say_note
from text2llm.cli.terminal.output_guard import find_outlet
from text2llm.commands import validate
from text2llm.commands.checked_file import STDIN, read_raw
from text2llm.commands.in_force import name_others
from text2llm.commands.validate import Scope, Validation
from text2llm.config.scalars import is_date
from text2llm.config.schema import MAX_FINDINGS
from text2llm.diagnostics import Severity
from text2llm.errors import ExitCode, UsageError
from text2llm.redaction import redact
from text2llm.report.findings import Excerpt, FindingsReport, findings_text, fixable_line, summary_line
from text2llm.report.formats import make_report
from text2llm.report.sanitize import clean_line

if TYPE_CHECKING:
    from text2llm.edit.file_change import FileChange


def _check_day(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not is_date(value):
        raise click.BadParameter("write a date as YYYY-MM-DD, such as 2026-12-31")
    return value


@click.command()
@click.argument("files", metavar="[FILE|DIR]...", nargs=-1, shell_complete=offer("files"))
@click.option("--all", "everywhere", is_flag=True, help="Check every configuration of the repository.")
@format_option("findings")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--as-of",
    metavar="YYYY-MM-DD",
    callback=_check_day,
    help="Evaluate model retirement as of this date. [default: the date of the bundled facts]",
)
@click.option(
    "--policy",
    metavar="FILE",
    shell_complete=offer("files"),
    help="Check a policy from outside the repository, too; nothing in the repository suppresses its findings.",
)
@click.option("--secrets-only", is_flag=True, help="Look for credentials only, in text files of any kind.")
@click.option(
    "--known-only", is_flag=True, help="Skip files that are neither a configuration nor included by one: for hooks."
)
@click.option(
    "--fix",
    "fixes",
    metavar="[RULE]",
    is_flag=False,
    flag_value="",
    multiple=True,
    shell_complete=offer("fixes"),
    help="Fix what can be meant in one way only, or what RULE finds; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="With --fix: show the diff, write nothing.")
@report_option("findings")
@shared_options("json", "config", "env", "color")
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    files: tuple[str, ...],
    layout: str,
    reports: dict[str, ReportFile],
    config: str | None,
    environment: str | None,
    as_of: str | None,
    fixes: tuple[str, ...],
    policy: str | None,
    *,
    everywhere: bool,
    dry_run: bool,
    strict: bool,
    secrets_only: bool,
    known_only: bool,
    as_json: bool,
) -> int:
    """Check configurations and agent files; without FILE, the configuration that is found, and those in folders below.

    DIR is every configuration in it and below. `validate.exclude` of a configuration leaves out what is below it,
    except with --policy.
    An agent file is checked together with the configuration that includes it. '-' reads standard input.
    A configuration is checked alone and under each of its environments, or under that of --env only; a finding that
    not all have ends with the names of those that have it. No connection is opened. Exit code 1: findings of severity
    error, with --strict of warning too.

    With --fix, the diff of every file is shown before all are written, and the exit code is that of the findings that
    are left; with --dry-run too, that of those that would be left.
    """
    if "" in files:
        raise UsageError("a FILE is empty", hint="is a variable not set?")
    if secrets_only and known_only:
        raise UsageError("--secrets-only and --known-only cannot be combined", hint="leave one out")
    if (secrets_only and fixes) or (dry_run and not fixes):
        raise UsageError("--dry-run needs --fix, and --secrets-only has nothing to fix", hint="leave one out")
    if everywhere and (files or secrets_only or known_only or config):
        raise UsageError(
            "--all is every configuration of the repository", hint="name no file, and no other choice of files"
        )
    if secrets_only and policy is not None:
        raise UsageError("--secrets-only and --policy cannot be combined", hint="leave one out")
    choice = None
    if fixes:
        from text2llm.cli.fixing import choose_fixes

        choice, files = choose_fixes(fixes, files)
    workspace = open_workspace(config, environment=environment)
    if config:
        _ = workspace.path  # it must be there, whatever is checked
    # A file may have the name by which standard input is shown.
    named = tuple(STDIN if file == "-" else f"./{file}" if file == STDIN else file for file in files)
    scope = Scope.SECRETS if secrets_only else Scope.KNOWN if known_only else Scope.EVERY
    as_text = layout == "text" and not as_json

    def show(changes: Sequence[FileChange]) -> None:
        from text2llm.cli.fixing import show_changes

        spare_inputs(reports, (change.path for change in changes))
        show_changes(changes, as_text=as_text)

    request = validate.CheckRequest(
        named,
        as_of,
        scope,
        choice,
        not dry_run,
        spans=bool(reports) or not as_text,
        everywhere=everywhere,
        policy=policy,
    )
    validation = validate.run(workspace, request, show)
    spare_inputs(reports, validation.inputs)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    # Redact before a format escapes or wraps a secret beyond recognition.
    found = redact(validation.findings, find_outlet().forms)
    made = _tell_fixes(validation, written=not dry_run)
    report = FindingsReport(found, validation.paths, failing, made, validation.exceptions)
    written = write_reports(reports, "findings", report)
    if as_text:
        _print_text(report, validation)
    else:
        click.echo(make_report("findings", "json" if as_json else layout, report, name_from_top), nl=False)
    _print_notes(validation)
    return ExitCode.FAILURE if any(each.severity in failing for each in found) else written


def _tell_fixes(validation: Validation, *, written: bool) -> dict[str, object] | None:
    """Say what was fixed; the same as data."""
    if validation.fixed is None:
        return None
    from text2llm.report.edit_result import fixed_json, fixed_text

    made, refused = redact((validation.fixed.made, validation.fixed.refused), find_outlet().forms)
    fixed = validation.fixed._replace(made=made, refused=refused)
    click.echo(fixed_text(fixed, written=written), nl=False, err=True)
    return fixed_json(fixed, written=written)


def _print_notes(validation: Validation) -> None:
    if validation.named:
        say_note("note: one configuration was named: others in the folders below were not searched for")
    if validation.others:
        say_note(f"note: {clean_line(name_others(validation.others))}, and checked too")
    for path in validation.cut:
        say_note(f"note: {clean_line(path)}: {MAX_FINDINGS} findings are shown; there may be more")


def _print_text(report: FindingsReport, validation: Validation) -> None:
    excerpt = _excerpts(validation) if report.findings and sys.stdout.isatty() else None
    print_text(findings_text(report.findings, output_style(), excerpt), color=True)
    say_note(summary_line(report.findings, len(report.paths), report.exceptions))
    if (line := fixable_line(report.findings)) is not None:
        say_note(line)


def _excerpts(validation: Validation) -> Excerpt:
    from text2llm.report.excerpt import Excerpts

    unread = {finding.location.path for finding in validation.findings if finding.rule == "syntax"}
    texts = {path: read_raw(path) for path in unread if path != STDIN}
    return Excerpts(validation.documents, texts, terminal_width(), find_outlet().forms).draw
