"""A scan in one call: the listing, the filters, the probes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from text2llm.auth.sources import CredentialView
from text2llm.listing.session import fetch_models
from text2llm.probe.result import ProbeOptions, ProbeResult
from text2llm.probe.runner import Progress, run_probes
from text2llm.probe.targets import ProbeTarget, name_subject
from text2llm.refs import ModelRef
from text2llm.scan.rank import Finding, Scanned, Skip, lists_images, preselect, rank
from text2llm.scan.select import Candidate, Filters, Selection, select
from text2llm.upstream.access import find_access
from text2llm.upstream.obstacle import build_call, find_obstacle
from text2llm.upstream.verdict import Verdict


class Ability(Enum):
    """What is probed of a model."""

    TOOL = "tool"
    IMAGE = "image"


class Scan(NamedTuple):
    """What a scan found, the best candidate first.

    ``options`` are those of its probes, ``None`` where none was made; ``obstacle`` says why none could be.
    """

    provider: str
    selection: Selection
    ranked: tuple[Scanned, ...]
    options: ProbeOptions | None = None
    obstacle: Verdict | None = None
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class ScanWish:
    """What is scanned: the listing of a provider (a canonical id), narrowed; ``probes`` is ``None`` for no probes.

    Requests to free models are counted, and few a day: at most ``most_probed`` candidates are probed.
    """

    provider: str
    filters: Filters
    probes: ProbeOptions | None
    most_probed: int
    is_allowed: Callable[[ModelRef], bool]


def scan(wish: ScanWish, view: CredentialView, progress: Progress | None = None) -> Scan | Verdict:
    """Find the free models of a provider and probe them; a verdict says why its listing is not known.

    Raises:
        SettingsError: the proxy or the certificates that the settings want cannot be used.
    """
    models = fetch_models(wish.provider, view)
    if isinstance(models, Verdict):
        return models
    selection = select(wish.provider, models, wish.filters, view.now // 1000, wish.is_allowed)
    obstacle = None if wish.probes is None else find_obstacle(find_access(wish.provider, view))
    if wish.probes is None or obstacle is not None or not selection.candidates:
        return Scan(wish.provider, selection, rank(map(_pass_over, selection.candidates)), obstacle=obstacle)
    chosen = preselect(selection.candidates, wish.most_probed)
    return _probe(wish.provider, selection, chosen, wish.probes, view, progress)


def _pass_over(candidate: Candidate) -> Scanned:
    unseen = Skip.NOT_WANTED if lists_images(candidate) else Skip.NOT_LISTED
    return Scanned(candidate, Finding(skip=Skip.NOT_WANTED), Finding(skip=unseen))


def _probe(  # noqa: PLR0913, PLR0917 - what is probed, and how
    provider: str,
    selection: Selection,
    chosen: tuple[Candidate, ...],
    options: ProbeOptions,
    view: CredentialView,
    progress: Progress | None,
) -> Scan:
    wanted = [(each, ability) for each in chosen for ability in _abilities(each)]
    targets = tuple(_target(each, ability, view) for each, ability in wanted)
    summary = run_probes(targets, options, view.trust, progress=progress, network=view.settings.network)
    results = {
        (wanted[place][0].ref.model, wanted[place][1]): result
        for place, result in zip(summary.places, summary.results, strict=True)
    }
    probed, left = rank(_sum_up(each, results) for each in chosen), set(selection.candidates) - set(chosen)
    ranked = (*probed, *rank(_pass_over(each) for each in left))
    return Scan(provider, selection, ranked, options, interrupted=summary.interrupted)


def _abilities(candidate: Candidate) -> Iterator[Ability]:
    """What is probed of a candidate: never what the listing rules out, since free requests are counted."""
    if candidate.listed.facts.tools is not False:
        yield Ability.TOOL
    if lists_images(candidate):
        yield Ability.IMAGE


def _target(candidate: Candidate, ability: Ability, view: CredentialView) -> ProbeTarget:
    access = find_access(candidate.ref.provider, view, candidate.ref.model)
    call = build_call(access, tool=ability is Ability.TOOL, image=ability is Ability.IMAGE)
    return ProbeTarget(name_subject(access, str(candidate.ref)), call)


def _sum_up(candidate: Candidate, results: Mapping[tuple[str, Ability], ProbeResult]) -> Scanned:
    probed = set(_abilities(candidate))

    def find(ability: Ability) -> Finding:
        if ability not in probed:
            return Finding(skip=Skip.NOT_LISTED)
        result = results.get((candidate.ref.model, ability))
        return Finding(skip=Skip.INTERRUPTED) if result is None else Finding(result)

    return Scanned(candidate, find(Ability.TOOL), find(Ability.IMAGE))
