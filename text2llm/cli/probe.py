"""``text2llm probe``: the gate."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, assert_never

import click

from text2llm.cli.options import NUMBER, offer, open_workspace, output_style, page_width, shared_options
from text2llm.cli.reports import ReportFile, name_from_top, report_option, spare_inputs, write_reports
from text2llm.cli.terminal.output_guard import find_outlet
from text2llm.cli.terminal.progress import clear_progress, show_progress
from text2llm.config.roles import EVERY_ROLE, POSITIONS, read_position
from text2llm.config.suggest import find_near
from text2llm.errors import UsageError, worst_exit
from text2llm.redaction import redact
from text2llm.report.formats import make_report

if TYPE_CHECKING:
    from text2llm.commands.gate import Event, GateRequest
    from text2llm.probe.gate import GateReport


def _split_positions(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    words = [word.strip() for value in values for word in value.split(",")]
    for word in words:
        if word != EVERY_ROLE and read_position(word) is None:
            near = find_near(word, POSITIONS)
            guess = f"did you mean {near!r}?" if near else f"use {', '.join(POSITIONS)}, or role:NAME"
            raise click.BadParameter(f"{word!r} is not a position of a chain: {guess}")
    return tuple(dict.fromkeys(words))


def _split_models(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for value in values for name in value.split(",")))


@click.command("probe")
@click.option(
    "--agent",
    "agents",
    metavar="ID",
    multiple=True,
    shell_complete=offer("agents"),
    help="Only this agent (repeat for more).",
)
@click.option("--role", metavar="ROLE", shell_complete=offer("roles"), help="Only this role: main, image, or another.")
@click.option("--slot", type=click.Choice(["model", "image"]), hidden=True)
@click.option(
    "--models",
    metavar="REF",
    multiple=True,
    callback=_split_models,
    help="Only these models, also ones that no agent uses yet (repeat for more, or use commas).",
)
@click.option("--all-credentials", is_flag=True, help="Probe every usable credential, not only the one that is used.")
@click.option("--tools", is_flag=True, help="Also force a tool call of text models.")
@click.option("--free", is_flag=True, help="Verify credentials only, at no token cost, where supported.")
@click.option(
    "--require",
    metavar="[primary|fallbacks|image|imageFallbacks|roles|role:NAME]",
    multiple=True,
    callback=_split_positions,
    help="Positions that must respond (repeat for more, or use commas).",
)
@click.option(
    "--fail-on",
    type=click.Choice(["failure", "inconclusive"]),
    help="inconclusive: a rate limit or timeout fails, too.",
)
@click.option("--refresh", is_flag=True, help="First renew the access tokens that have expired.")
@click.option("--attempts", metavar="N", type=NUMBER, help="Attempts per inconclusive probe (default 1).")
@click.option("--timeout", metavar="MS", type=NUMBER, help="Time limit of one probe (default 8000).")
@click.option("--concurrency", metavar="N", type=NUMBER, help="Concurrent probes (default 8).")
@click.option("--max-tokens", metavar="N", type=NUMBER, help="Maximum output tokens (default 8).")
@report_option("gate")
@shared_options("json", "config", "env", "color")
def command(
    *, config: str | None, environment: str | None, as_json: bool, reports: dict[str, ReportFile], **options: Any
) -> int:
    """Verify every route that agents depend on with one small real request.

    A route is an agent's model or fallback with the credential that would really be used. Exit code 0: every required
    route responded, or was only inconclusive; 1: one cannot work; 2: nothing could be verified; 4: a credential has no
    trusted origin. `probe:` in the configuration sets the required routes and the limits.
    """
    from text2llm.cli.bug_report import tell_bugs
    from text2llm.commands import gate

    workspace = open_workspace(config, environment=environment, ambient=True)
    spare_inputs(reports, (each.path for each in workspace.config.documents))
    # Redact before a format escapes, cuts or aligns a secret beyond recognition.
    report = redact(gate.run(workspace, _make_request(**options), _show_event), find_outlet().forms)
    clear_progress(report.summary)
    written = write_reports(reports, "gate", report)
    _print(report, as_json=as_json)
    return worst_exit([report.verdict, written, tell_bugs(report.summary.bugs)])


def _make_request(role: str | None, slot: str | None, fail_on: str | None, **options: Any) -> GateRequest:
    from text2llm.commands.gate import GateRequest

    if role is not None and slot is not None:
        raise UsageError("--role and --slot cannot be combined", hint="--slot is an older spelling of --role")
    return GateRequest(
        role={"model": "main", "image": "image"}.get(slot or "", role),
        strict=None if fail_on is None else fail_on == "inconclusive",
        **options,
    )


def _show_event(event: Event) -> None:
    """Show an event of the gate on standard error; progress only at a terminal."""
    from text2llm.commands.gate import Probed, Renewed
    from text2llm.diagnostics import Diagnostic

    match event:
        case Probed(done, total, result):
            if sys.stderr.isatty():
                show_progress(done, total, result)
        case Renewed(profile_id, outcome):
            from text2llm.report.auth_refresh import login_refresh_text

            click.echo(login_refresh_text({profile_id: outcome}), nl=False, err=True)
        case Diagnostic():
            from text2llm.report.failure import note_text

            click.echo(note_text(event), nl=False, err=True)
        case _:
            assert_never(event)


def _print(report: GateReport, *, as_json: bool) -> None:
    if as_json:
        click.echo(make_report("gate", "json", report), nl=False)
    else:
        from text2llm.report.gate import gate_text

        style = output_style()
        click.echo(gate_text(report, style, terminal=sys.stdout.isatty(), width=page_width()), nl=False)
        _annotate(report)


def _annotate(report: GateReport) -> None:
    """On GitHub, findings appear beside the lines of a change."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        click.echo(make_report("gate", "github", report, name_from_top), nl=False)
