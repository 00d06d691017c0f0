"""``text2llm validate``."""

from __future__ import annotations

import sys

import click

from text2llm.cli.options import (
    colour_option,
    config_option,
    json_option,
    locate_config,
    output_style,
    print_json,
    terminal_width,
)
from text2llm.cli.validation import STDIN, Validation, read_raw
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.errors import ExitCode
from text2llm.report.findings_text import Excerpt


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--format", "layout", type=click.Choice(["text", "json"]), default="text", help="How to print findings.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@json_option
@config_option
@colour_option
def command(  # noqa: PLR0913 - one parameter an option
    files: tuple[str, ...], layout: str, config: str | None, *, strict: bool, as_json: bool, no_color: bool
) -> int:
    """Check configurations and agent files; without FILE, the configuration that is found.

    An agent file is checked together with the configuration that includes it. '-' reads standard input.
    No connection is opened. Exit code 1: findings of severity error, with --strict of warning too.
    """
    root = locate_config(config) if config or not files else ""
    validation = Validation(config)
    validation.run([STDIN if file == "-" else file for file in files] or [root])
    findings = validation.findings
    if as_json or layout == "json":
        from text2llm.report.findings_json import findings_json

        print_json(findings_json(findings, validation.files))
    else:
        _print_text(validation, no_color=no_color)
    return ExitCode.FAILURE if _fails(findings, strict=strict) else ExitCode.OK


def _fails(findings: list[Diagnostic], *, strict: bool) -> bool:
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(finding.severity in failing for finding in findings)


def _print_text(validation: Validation, *, no_color: bool) -> None:
    from text2llm.report.findings_text import findings_text, summary_line

    excerpt = _excerpts(validation) if validation.findings and sys.stdout.isatty() else None
    text = findings_text(validation.findings, output_style(no_color=no_color), excerpt)
    click.echo(text, nl=False, color=True)
    click.echo(summary_line(validation.findings, validation.files), err=True)


def _excerpts(validation: Validation) -> Excerpt:
    from text2llm.report.excerpt import Excerpts

    unread = {finding.location.path for finding in validation.findings if finding.rule == "syntax"}
    texts = {path: read_raw(path) for path in unread if path != STDIN}
    return Excerpts(validation.documents, texts, terminal_width()).draw
