"""``models status --probe`` in one call: targets, trust and run."""

from __future__ import annotations

from text2llm.probe.result import ProbeOptions, ProbeSummary
from text2llm.probe.runner import Progress, run_probes
from text2llm.probe.targets import ProbeView, find_targets
from text2llm.trust.bindings import GRANTS_VARIABLE, Grant, Trust, parse_trusted_origins
from text2llm.trust.builtin import bind_registry


def probe_view(
    view: ProbeView, options: ProbeOptions, *, grants: tuple[Grant, ...] = (), progress: Progress | None = None
) -> ProbeSummary:
    """Probe what is in view, under the shipped bindings, the environment's grants and ``grants`` of the user settings.

    Raises:
        UsageError: the options name a provider or a profile that is not in view.
        TrustedOriginsError: the environment's grants cannot be read.
    """
    credentials = view.credentials
    given = parse_trusted_origins(credentials.environ.get(GRANTS_VARIABLE, ""))
    trust = Trust(bind_registry(credentials.registry), (*given, *grants))
    return run_probes(find_targets(view, options), options, trust, progress=progress)
