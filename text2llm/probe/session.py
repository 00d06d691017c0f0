"""``models status --probe`` in one call: targets and run."""

from __future__ import annotations

from text2llm.probe.result import ProbeOptions, ProbeSummary
from text2llm.probe.runner import Progress, run_probes
from text2llm.probe.targets import ProbeView, find_targets
from text2llm.providers.free_probes import load_free_probes


def probe_view(view: ProbeView, options: ProbeOptions, *, progress: Progress | None = None) -> ProbeSummary:
    """Probe what is in view, under the shipped bindings, the environment's grants and those of the user's settings.

    Raises:
        UsageError: the options name a provider or a profile that is not in view.
        SettingsError: the proxy or the certificates that the settings want cannot be used.
    """
    credentials = view.credentials
    targets = find_targets(view, options, load_free_probes(credentials.registry) if options.free else None)
    network = credentials.settings.network
    return run_probes(targets, options, credentials.trust, progress=progress, network=network)
