"""``models status --probe`` in one call: targets, trust and run."""

from __future__ import annotations

from text2llm.probe.free import make_free
from text2llm.probe.result import ProbeOptions, ProbeSummary
from text2llm.probe.runner import Progress, run_probes
from text2llm.probe.targets import ProbeView, find_targets
from text2llm.providers.free_probes import load_free_probes
from text2llm.settings.binding import gather_trust
from text2llm.settings.model import Settings

_NO_SETTINGS = Settings()


def probe_view(
    view: ProbeView, options: ProbeOptions, *, settings: Settings = _NO_SETTINGS, progress: Progress | None = None
) -> ProbeSummary:
    """Probe what is in view, under the shipped bindings, the environment's grants and those of the user's settings.

    Raises:
        UsageError: the options name a provider or a profile that is not in view.
        TrustedOriginsError: the environment's grants cannot be read.
        SettingsError: the proxy or the certificates that the settings want cannot be used.
    """
    credentials = view.credentials
    trust = gather_trust(credentials.registry, settings, credentials.environ)
    targets = find_targets(view, options)
    if options.free:
        targets = make_free(targets, credentials.registry, load_free_probes(credentials.registry))
    return run_probes(targets, options, trust, progress=progress, network=settings.network)
