"""Which models are used, from where, and which credentials pay for them."""

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
    """Whose status is wanted, an agent's or that of the defaults, and what is told beside it.

    ``probe`` is ``None`` when no probe is sent. ``usage``: providers are asked for it; ``asked`` says whether a person
    asked for that, for only then may it fail, open the keyring, and say why nothing is known. ``remarks``: what is
    known of the models, for people, who do not wait for the few milliseconds.
    """

    agent: str | None = None
    probe: ProbeOptions | None = None
    usage: bool = False
    asked: bool = False
    remarks: bool = False


def run(workspace: Workspace, request: StatusRequest, progress: Progress | None = None) -> StatusReport:
    """Find out what is used.

    Raises:
        UsageError: the options of the probe name a provider or profile that is not in view.
        UnknownAgentError: there is no such agent.
        InvalidConfigError: the configuration has findings.
        StoreError: the agent's store cannot be used.
        SettingsError: the user's settings cannot be used.
        TrustedOriginsError: the environment's grants cannot be read.
    """
    view = workspace.read(workspace.find_agent(request.agent))
    report = summarise(view)
    if request.probe is not None:
        report = _probe(view, report, request.probe, workspace, progress)
    if request.usage:
        report = _add_usage(view, report, workspace, asked=request.asked)
    return _add_remarks(report, view, workspace) if request.remarks else report


def _probe(
    view: Reading, report: StatusReport, options: ProbeOptions, workspace: Workspace, progress: Progress | None
) -> StatusReport:
    from text2llm.status.probed import add_probes

    return add_probes(report, probe_view(workspace.read_secrets(view), options, progress=progress))


def probe_view(view: Reading, options: ProbeOptions, *, progress: Progress | None = None) -> ProbeSummary:
    """Probe what is in view, under the shipped bindings, the environment's grants and those of the user's settings.

    Raises:
        UsageError: the options name a provider or a profile that is not in view.
        SettingsError: the proxy or the certificates that the settings want cannot be used.
    """
    from text2llm.probe.runner import run_probes
    from text2llm.probe.targets import find_targets
    from text2llm.providers.free_probes import load_free_probes

    targets = find_targets(view, options, load_free_probes(view.registry) if options.free else None)
    return run_probes(targets, options, view.trust, progress=progress, network=view.settings.network)


def _add_usage(view: Reading, report: StatusReport, workspace: Workspace, *, asked: bool) -> StatusReport:
    """The report with the usage of the credentials that it can be told of."""
    from text2llm.providers.usage import load_usage
    from text2llm.status.usage import add_usage, find_tellable

    endpoints = load_usage(workspace.registry)
    tellable = find_tellable(report, endpoints)
    if not tellable:  # who has no such credential pays for nothing below
        return add_usage(report, (), failures=asked)
    from text2llm.usage.ask import ask_usage

    try:
        told = ask_usage(tellable, endpoints, view, keyring=asked)
    except Text2llmError:
        if asked:
            raise
        return report  # settings that no request can be made under are no reason to withhold the status
    return add_usage(report, told, failures=asked)


def _add_remarks(report: StatusReport, view: Reading, workspace: Workspace) -> StatusReport:
    from datetime import UTC, datetime

    from text2llm.catalog.bundle import load_bundle
    from text2llm.catalog.layers import combine, configured_models
    from text2llm.status.remarks import add_remarks

    listings = workspace.find_listings({route.resolved.ref.provider for route in report.routes}, view)
    catalog = combine(configured_models(view.config, view.spellings), listings, load_bundle())
    today = datetime.fromtimestamp(view.now / 1000, UTC).date().isoformat()
    return add_remarks(report, view, catalog, today)
