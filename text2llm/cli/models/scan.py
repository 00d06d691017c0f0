"""``text2llm models scan``."""

from __future__ import annotations

import sys
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any

import click

from text2llm.cli.options import NUMBER, offer, open_workspace, output_style, page_width, print_json, shared_options
from text2llm.cli.terminal.progress import clear_line, show_line
from text2llm.errors import ExitCode, Text2llmError, UsageError, worst_exit

if TYPE_CHECKING:
    from text2llm.commands.scan import Scan, ScanResult
    from text2llm.plan.plan import Plan
    from text2llm.probe.result import ProbeResult
    from text2llm.refs import ModelRef
    from text2llm.scan.rank import Proposal
    from text2llm.upstream.verdict import Verdict
    from text2llm.workspace import Workspace

_TIMEOUT_MS, _CONCURRENCY, _CANDIDATES = 12_000, 3, 6


class ListingError(Text2llmError):
    code = "listing"


class UntrustedListingError(ListingError):
    """The credential it needs may not be sent to its endpoint."""

    code = "untrusted-listing"
    exit_code = ExitCode.REFUSED


@click.command("scan")
@click.option(
    "--provider",
    metavar="PROVIDER",
    default="openrouter",
    shell_complete=offer("providers"),
    help="Provider to scan (default openrouter).",
)
@click.option("--provider-prefix", metavar="TEXT", help="Only models whose id begins with this, such as a vendor.")
@click.option(
    "--min-params", metavar="N", type=click.FloatRange(0), help="Only models of N billion parameters and more."
)
@click.option("--max-age-days", metavar="N", type=click.FloatRange(0), help="Only models listed in the last N days.")
@click.option(
    "--max-candidates",
    metavar="N",
    type=click.IntRange(1, 100),
    default=_CANDIDATES,
    help=f"Propose at most N models (default {_CANDIDATES}).",
)
@click.option(
    "--timeout", metavar="MS", type=NUMBER, default=_TIMEOUT_MS, help="Time limit of one probe (default 12000)."
)
@click.option("--concurrency", metavar="N", type=float, default=_CONCURRENCY, help="Concurrent probes (default 3).")
@click.option("--no-probe", is_flag=True, help="Use the listing only: send no model request, write nothing.")
@click.option("--yes", is_flag=True, help="Write the proposal without asking.")
@click.option("--input/--no-input", "ask", default=None, help="Prompt for the selection. [default: at a terminal]")
@click.option("--set-default", is_flag=True, help="Make the first choice the default model, too.")
@click.option("--set-image", is_flag=True, help="Make the first choice for images the image model, too.")
@shared_options("json", "edit-env", "config", "color")
def command(config: str | None, environment: str | None, *, as_json: bool, **options: Any) -> int:
    """Find free models that work, and make them the fallbacks.

    Each candidate must call a tool, and read an image if its provider says that it can. The selection replaces the
    default fallbacks, and the image fallbacks if an image model is set; the diff is shown. Nothing is written with
    --no-probe, without a credential, or with --json alone. Exit code 1: nothing could be proposed.
    """
    _check(options, as_json=as_json)
    workspace = open_workspace(config, environment=environment)
    result = _scan(options, workspace)
    found, proposal = result.scan, result.proposal
    from text2llm.scan.rank import Proposal

    chosen = proposal
    if not as_json:
        _print(found, proposal, result.idle)
    if found.options is None or found.interrupted or not any(proposal):
        chosen = Proposal()
    elif not options["yes"]:
        chosen = _ask(found, proposal) if _is_asked(options, as_json=as_json) else Proposal()
    plan = _write(chosen, options, workspace, as_json=as_json) if any(chosen) else None
    if as_json:
        _print_json(found, proposal, plan, workspace)
    from text2llm.cli.bug_report import tell_bugs

    return worst_exit([_judge(found, proposal, yes=options["yes"]), tell_bugs(found.bugs)])


def _check(options: dict[str, Any], *, as_json: bool) -> None:
    """Reject conflicting options before anything is sent."""
    for name in ("min_params", "max_age_days"):
        if options[name] is not None and not isfinite(options[name]):
            raise UsageError(f"--{name.replace('_', '-')} must be a number", hint="use 0 or greater")
    if options["no_probe"]:
        for name in ("yes", "set_default", "set_image"):
            if options[name]:
                flag = f"--{name.replace('_', '-')}"
                raise UsageError(f"--no-probe and {flag} cannot be combined", hint="only probed models are written")
    if options["ask"]:
        for flag, given in (("--json", as_json), ("--yes", options["yes"]), ("--no-probe", options["no_probe"])):
            if given:
                raise UsageError(f"--input and {flag} cannot be combined", hint="give one of them")
        if not sys.stdin.isatty():
            raise UsageError("--input needs a terminal", hint="accept the proposal with --yes")


def _scan(options: dict[str, Any], workspace: Workspace) -> ScanResult:
    from text2llm.commands import scan
    from text2llm.scan.select import Filters
    from text2llm.upstream.verdict import Verdict

    filters = Filters(options["min_params"], options["max_age_days"], options["provider_prefix"])
    names = ("provider", "max_candidates", "timeout", "concurrency", "set_image")
    request = scan.ScanRequest(filters, probe=not options["no_probe"], **{name: options[name] for name in names})
    found = scan.run(workspace, request, _show_progress if sys.stderr.isatty() else None)
    if isinstance(found, Verdict):
        raise _explain(workspace.find_provider(request.provider), found)
    if found.scan.interrupted:
        clear_line()
    return found


def _show_progress(done: int, total: int, result: ProbeResult) -> None:
    from text2llm.report.scan import scan_progress_line

    show_line(scan_progress_line(done, total, result), last=done == total)


def _explain(provider: str, verdict: Verdict) -> ListingError:
    from text2llm.report.models_refresh import explain_failure
    from text2llm.upstream.verdict import Gate

    kind = UntrustedListingError if verdict.gate is Gate.REFUSE else ListingError
    return kind(f"the models of {provider} cannot be listed: {explain_failure(verdict)}", hint=verdict.hint)


def _print(found: Scan, proposal: Proposal, idle: tuple[ModelRef, ...]) -> None:
    import time

    from text2llm.cli.terminal.output_guard import find_outlet
    from text2llm.redaction import redact
    from text2llm.report.scan import proposal_text, scan_text

    style = output_style()
    found = redact(found, find_outlet().forms)  # a column must not explain how long a secret is
    click.echo(scan_text(found, style, now=int(time.time()), width=page_width()), nl=False)
    if found.options is not None:
        click.echo(proposal_text(proposal, idle), nl=False)


def _is_asked(options: dict[str, Any], *, as_json: bool) -> bool:
    """Whether to prompt: only a user who sees the table."""
    if as_json:
        return False
    wanted = options["ask"]
    asked: bool = (sys.stdin.isatty() and sys.stdout.isatty()) if wanted is None else wanted
    if not asked:
        click.echo("nothing was written\nhint: accept the proposal with --yes", err=True)
    return asked


def _ask(found: Scan, proposal: Proposal) -> Proposal:
    """The user's selection; empty if they quit."""
    from text2llm.scan.rank import Proposal, callers, viewers

    fallbacks = _ask_for("fallbacks", callers(found.ranked), proposal.fallbacks)
    if fallbacks is None:
        click.echo("nothing was written", err=True)
        return Proposal()
    images = _ask_for("image fallbacks", viewers(found.ranked), proposal.images) if proposal.images else ()
    if not fallbacks and not images:
        click.echo("nothing was written", err=True)
    return Proposal() if images is None else Proposal(fallbacks, images)


def _ask_for(what: str, offered: tuple[ModelRef, ...], proposal: tuple[ModelRef, ...]) -> tuple[ModelRef, ...] | None:
    """The chosen models in order; ``None`` if the user quits."""
    from text2llm.report.scan import offer_text
    from text2llm.scan.choice import NoChoice, read_choice

    if not offered:
        return ()
    click.echo(offer_text(what, offered), nl=False, err=True)
    default = " ".join(str(offered.index(ref) + 1) for ref in proposal)
    question = f"{what}: numbers in order, 0 for none, Enter for {default}, q to quit"
    while True:
        chosen = read_choice(click.prompt(question, default="", show_default=False, err=True), offered, proposal)
        if chosen is NoChoice.QUIT:
            return None
        if chosen is NoChoice.INVALID:
            click.echo(f"give numbers from 1 to {len(offered)}, such as: 2 1", err=True)
        else:
            return chosen


def _write(chosen: Proposal, options: dict[str, Any], workspace: Workspace, *, as_json: bool) -> Plan:
    """Write the selection to the configuration, and show the diff."""
    from text2llm.cli.change import finish, show_or_refuse
    from text2llm.commands.edit import EditRequest, plan_meaning, run
    from text2llm.scan.choice import adopt

    edit = partial(adopt, chosen=chosen, set_default=options["set_default"], set_image=options["set_image"])
    explain = partial(plan_meaning, workspace)
    plan = run(workspace, EditRequest(edit), partial(show_or_refuse, explain=explain, as_json=as_json))
    if not as_json:
        finish(plan, explain, written=True, as_json=False)
    return plan


def _print_json(found: Scan, proposal: Proposal, plan: Plan | None, workspace: Workspace) -> None:
    from text2llm.commands.edit import plan_meaning
    from text2llm.report.edit_result import edit_json
    from text2llm.report.scan import scan_json

    document = None
    if plan is not None:
        document = edit_json(plan, plan_meaning(workspace, plan), applied=not plan.is_empty)
    print_json(scan_json(found, proposal, document))


def _judge(found: Scan, proposal: Proposal, *, yes: bool) -> ExitCode:
    if found.interrupted:
        return ExitCode.INTERRUPTED
    asked_for = found.options is not None or yes
    return ExitCode.FAILURE if asked_for and not any(proposal) else ExitCode.OK
