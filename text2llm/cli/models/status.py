"""``text2llm models status``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from text2llm.cli.options import NUMBER, open_workspace, output_style, page_width, shared_options, terminal_width
from text2llm.errors import ExitCode, UsageError, worst_exit

if TYPE_CHECKING:
    from text2llm.probe.result import ProbeOptions, ProbeSummary
    from text2llm.probe.runner import Progress
    from text2llm.status.model import StatusReport


class StatusOptions(NamedTuple):
    """What ``models status`` was asked; ``probe`` is ``None`` when no probe is sent.

    ``usage``: whether providers are asked for it, ``None`` if not given.
    """

    config: str | None = None
    environment: str | None = None
    agent: str | None = None
    as_json: bool = False
    plain: bool = False
    check: bool = False
    probe: ProbeOptions | None = None
    usage: bool | None = None


def show_status(options: StatusOptions) -> int:
    """Print the status and return the exit code.

    Raises:
        UsageError: options that cannot be combined, or that name a provider or profile that is not in view.
    """
    for name, given in (("--json", options.as_json), ("--usage", options.usage)):
        if given and options.plain:
            raise UsageError(f"{name} and --plain cannot be combined", hint="give one of them")
    if options.plain and options.probe is not None and not options.check:
        raise UsageError(
            "--probe and --plain cannot be combined", hint="add --check: then the exit code has the result"
        )
    from text2llm.commands import status

    read = not (options.as_json or options.plain)
    request = status.StatusRequest(
        options.agent, options.probe, _wants_usage(options), bool(options.usage), remarks=read
    )
    workspace = open_workspace(options.config, environment=options.environment, ambient=True, relative=False)
    report = status.run(workspace, request, _find_progress(options))
    if report.probes is not None:
        from text2llm.cli.terminal.progress import clear_progress

        clear_progress(report.probes)
    _print_report(report, options)
    if options.check and report.agent_id is None and report.agents:
        names = f"agents with their own models are not checked: {', '.join(report.agents)}"
        click.echo(f"note: {names}; use --agent, or `text2llm probe`, which verifies every agent", err=True)
    return worst_exit([report.verdict if options.check else ExitCode.OK, *_end_probes(report.probes)])


def _end_probes(probes: ProbeSummary | None) -> list[ExitCode]:
    """The exit codes of probes that did not end as they should."""
    if probes is None:
        return []
    from text2llm.cli.bug_report import tell_bugs

    return [tell_bugs(probes.bugs), ExitCode.INTERRUPTED if probes.interrupted else ExitCode.OK]


def _find_progress(options: StatusOptions) -> Progress | None:
    if options.probe is None or not sys.stderr.isatty():
        return None
    from text2llm.cli.terminal.progress import show_progress

    return show_progress


def _wants_usage(options: StatusOptions) -> bool:
    """By default only at a terminal: scripts and CI jobs do not wait for a provider."""
    if options.usage is not None:
        return options.usage
    by_script = options.plain or options.as_json or options.check or bool(os.environ.get("CI"))
    return not by_script and sys.stdout.isatty()


def _print_report(report: StatusReport, options: StatusOptions) -> None:
    if options.plain:
        _print_default(report)
    elif options.as_json:
        from text2llm.report.sanitize import json_text
        from text2llm.report.status_json import status_json

        click.echo(json_text(status_json(report)))
    else:
        from text2llm.report.status_text import status_text

        style = output_style()
        text = status_text(report, style, terminal_width(), _path_prefix(os.path.dirname(report.config_path)))
        click.echo(text, nl=False)
        if report.probes is not None:
            from text2llm.cli.terminal.output_guard import find_outlet
            from text2llm.redaction import redact
            from text2llm.report.probe import probe_text

            probes = redact(report.probes, find_outlet().forms)  # a column must not reveal how long a secret is
            text = probe_text(probes, style, terminal=sys.stdout.isatty(), width=page_width())
            click.echo("\n" + text, nl=False)


def _path_prefix(folder: str) -> str:
    """The relative path to a folder above or below it; nothing to one that lies elsewhere."""
    path = os.path.relpath(folder)
    names = set(path.split(os.sep))
    return "" if path == os.curdir or (os.pardir in names and len(names) > 1) else f"{path}{os.sep}"


def _print_default(report: StatusReport) -> None:
    from text2llm.report.sanitize import clean_line

    if report.default is None:
        click.echo("no default model is set\nhint: run `text2llm models set PROVIDER/MODEL`", err=True)
    else:
        click.echo(clean_line(str(report.default.ref)))


@click.command("status")
@shared_options("json")
@click.option("--plain", is_flag=True, help="Print the default model only.")
@click.option(
    "--check",
    is_flag=True,
    help="Exit 1 if a model of the defaults (or of --agent) has no usable credential, 2 if its last one expires soon. "
    "Probe results count.",
)
@shared_options("agent", "config", "env", "color")
@click.option(
    "--usage/--no-usage",
    default=None,
    help="Ask providers how much of a plan or limit is used, or not. [default: on a terminal]",
)
@click.option("--probe", is_flag=True, help="Send one small real request with each credential.")
@click.option("--probe-provider", metavar="PROVIDER", help="Probe only this provider.")
@click.option("--probe-profile", metavar="ID", multiple=True, help="Probe only these profiles (repeat, or use commas).")
@click.option("--probe-free", is_flag=True, help="Verify credentials only, at no token cost, where supported.")
@click.option("--probe-timeout", metavar="MS", type=NUMBER, help="Time limit of one probe (default 8000).")
@click.option("--probe-concurrency", metavar="N", type=NUMBER, help="Concurrent probes (default 2).")
@click.option("--probe-max-tokens", metavar="N", type=NUMBER, help="Maximum output tokens (default 8).")
def command(*, probe: bool, **options: Any) -> int:
    """Show resolved models, where each is set, and the credentials used for them."""
    names = ("timeout", "concurrency", "max_tokens", "provider", "profile")
    values = [options.pop(f"probe_{name}") for name in names]
    free = options.pop("probe_free")
    return show_status(StatusOptions(**options, probe=_check_probe(values, free=free, wanted=probe)))


def _check_probe(values: list[Any], *, free: bool, wanted: bool) -> ProbeOptions | None:
    if wanted:
        from text2llm.probe.options import check_options

        return check_options(*values, free=free)
    if free or any(value not in (None, ()) for value in values):
        raise UsageError("the --probe-… options go with --probe", hint="add --probe: it sends real requests")
    return None
