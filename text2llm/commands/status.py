"""Which models are used, where each is set, and the credentials used for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from text2llm.errors import Text2llmError
from text2llm.status.summary import summarise

if TYPE_CHECKING:
    from text2llm.auth.reading import Reading
    from text2llm.probe.result import ProbeOptions, ProbeSummary
    from text2llm.probe.runner import Progress
    from text2llm.status.model import StatusReport
    from text2llm.workspace import Workspace


class StatusRequest(NamedTuple):
    """Whose status is wanted, an agent's or that of the defaults, and which details are added.

    ``probe`` is ``None`` when no probe is sent. ``usage``: providers are asked for it; ``asked`` is true if the user
    asked for that: only then may it fail, open the keyring, and explain what is unknown. ``remarks``: facts about the
    models, for readers to whom a few milliseconds do not matter.
    """

    agent: str | None = None
    probe: ProbeOptions | None = None
    usage: bool = False
    asked: bool = False
    remarks: bool = False


def run(workspace: Workspace, request: StatusRequest, progress: Progress | None = None) -> StatusReport:
    # A probe reads what is kept elsewhere; its report is about what was read.
    view = workspace.read(workspace.find_agent(request.agent), secrets=request.probe is not None)
    report = summarise(view)
    if request.probe is not None:
        report = _probe(view, report, request.probe, progress)
    if request.usage:
        report = _add_usage(view, report, workspace, asked=request.asked)
    return _add_remarks(report, view, workspace) if request.remarks else report


def _probe(view: Reading, report: StatusReport, options: ProbeOptions, progress: Progress | None) -> StatusReport:
    from text2llm.status.probed import add_probes

    return add_probes(report, probe_view(view, options, progress=progress))


def probe_view(view: Reading, options: ProbeOptions, *, progress: Progress | None = None) -> ProbeSummary:
    """Probe what is in view, under the shipped bindings, the environment's grants and those of the user's settings."""
    from text2llm.probe.runner import run_probes
    from text2llm.probe.targets import find_targets
    from text2llm.providers.endpoints import load_free_probes

    targets = find_targets(view, options, load_free_probes(view.registry) if options.free else None)
    return run_probes(targets, options, view.trust, progress=progress, network=view.settings.network)


def _add_usage(view: Reading, report: StatusReport, workspace: Workspace, *, asked: bool) -> StatusReport:
    """Add the usage of the credentials whose providers report it."""
    from text2llm.providers.endpoints import load_usage
    from text2llm.status.usage import add_usage, find_tellable

    endpoints = load_usage(workspace.registry)
    tellable = find_tellable(report, endpoints)
    if not tellable:  # without such a credential, nothing below is loaded
        return add_usage(report, (), failures=asked)
    from text2llm.usage.ask import ask_usage

    try:
        usage = ask_usage(tellable, endpoints, view, keyring=asked)
    except Text2llmError:
        if asked:
            raise
        return report  # settings that no request can be made under are no reason to withhold the status
    return add_usage(report, usage, failures=asked)


def _add_remarks(report: StatusReport, view: Reading, workspace: Workspace) -> StatusReport:
    from datetime import UTC, datetime

    from text2llm.catalog.bundle import load_bundle
    from text2llm.catalog.layers import build_catalog
    from text2llm.status.remarks import add_remarks

    listings = workspace.find_listings({route.resolved.ref.provider for route in report.routes}, view)
    catalog = build_catalog(view.config, view.registry, listings, load_bundle())
    today = datetime.fromtimestamp(view.now / 1000, UTC).date().isoformat()
    return add_remarks(report, view, catalog, today)
