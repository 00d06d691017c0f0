"""Finding free models that work, and choosing the fallbacks among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from text2llm.auth.reading import Reading
from text2llm.config.roles import IMAGE, MAIN
from text2llm.listing.fetch import fetch_models
from text2llm.policy.satisfy import make_allowed
from text2llm.probe.options import check_options
from text2llm.probe.result import ProbeOptions, ProbeResult
from text2llm.probe.runner import Progress, run_probes
from text2llm.probe.targets import ProbeTarget, name_subject
from text2llm.refs import ModelRef
from text2llm.scan.rank import AbilityResult, Proposal, Scanned, Skip, lists_images, preselect, propose, rank
from text2llm.scan.select import Candidate, CandidateSelection, Filters, select
from text2llm.upstream.access import find_access
from text2llm.upstream.obstacle import build_call, find_obstacle
from text2llm.upstream.verdict import Verdict
from text2llm.workspace import Workspace

#: An image is answered in a few tokens; the wire format gives a tool call as many as it takes.
_MAX_TOKENS = 16
#: Candidates probed per model wanted: requests to free models are counted by the day.
_PROBED_FOR_ONE = 3


class Ability(Enum):
    """What is probed of a model."""

    TOOL = "tool"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found, the best candidate first.

    ``options`` are those of its probes, ``None`` where none was made; ``obstacle`` says why none could be.
    """

    provider: str
    selection: CandidateSelection
    ranked: tuple[Scanned, ...]
    options: ProbeOptions | None = None
    obstacle: Verdict | None = None
    interrupted: bool = False
    bugs: tuple[Exception, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Whose models, which of them, and how many are proposed. ``timeout`` is that of one probe, in milliseconds.

    ``probe``: candidates are asked. ``set_image``: the first for images is to be the image model.
    """

    filters: Filters
    provider: str = "openrouter"
    max_candidates: int = 6
    timeout: float = 12_000
    concurrency: float = 3
    probe: bool = True
    set_image: bool = False


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan found and what of it is proposed; ``idle`` are models for images that nothing would use."""

    scan: Scan
    proposal: Proposal
    idle: tuple[ModelRef, ...] = ()


def run(workspace: Workspace, request: ScanRequest, progress: Progress | None = None) -> ScanResult | Verdict:
    """Scan a provider; a verdict says why its listing is not known."""
    provider, view = workspace.find_provider(request.provider), workspace.read(secrets=True)
    probes = None
    if request.probe:
        probes = check_options(request.timeout, request.concurrency, _MAX_TOKENS, prefix="--")
    models = fetch_models(provider, view)
    if isinstance(models, Verdict):
        return models
    selection = select(provider, models, request.filters, view.now // 1000, make_allowed(view))
    obstacle = None if probes is None else find_obstacle(find_access(provider, view, None))
    if probes is None or obstacle is not None or not selection.candidates:
        found = Scan(provider, selection, rank(map(_pass_over, selection.candidates)), obstacle=obstacle)
    else:
        chosen = preselect(selection.candidates, _PROBED_FOR_ONE * request.max_candidates)
        found = _probe(provider, view, selection, chosen, probes, progress)
    return _propose(found, workspace, request)


def _propose(found: Scan, workspace: Workspace, request: ScanRequest) -> ScanResult:
    proposal = propose(found.ranked, request.max_candidates)
    choice = workspace.config.defaults.get(IMAGE)
    if request.set_image or (choice is not None and choice.primary is not None):
        return ScanResult(found, proposal)
    return ScanResult(found, proposal._replace(images=()), proposal.images)


def _pass_over(candidate: Candidate) -> Scanned:
    unseen = Skip.NOT_WANTED if lists_images(candidate) else Skip.NOT_LISTED
    return Scanned(candidate, AbilityResult(skip=Skip.NOT_WANTED), AbilityResult(skip=unseen))


def _probe(  # noqa: PLR0913, PLR0917 - what is probed, and how
    provider: str,
    view: Reading,
    selection: CandidateSelection,
    chosen: tuple[Candidate, ...],
    options: ProbeOptions,
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
    return Scan(provider, selection, ranked, options, interrupted=summary.interrupted, bugs=summary.bugs)


def _abilities(candidate: Candidate) -> Iterator[Ability]:
    """What is probed of a candidate: never what the listing rules out, since free requests are counted."""
    if candidate.listed.facts.tools is not False:
        yield Ability.TOOL
    if lists_images(candidate):
        yield Ability.IMAGE


def _target(candidate: Candidate, ability: Ability, view: Reading) -> ProbeTarget:
    access = find_access(candidate.ref.provider, view, candidate.ref.model)
    call = build_call(access, IMAGE if ability is Ability.IMAGE else MAIN, tool=ability is Ability.TOOL)
    return ProbeTarget(name_subject(access, str(candidate.ref)), call)


def _sum_up(candidate: Candidate, results: Mapping[tuple[str, Ability], ProbeResult]) -> Scanned:
    probed = set(_abilities(candidate))

    def find(ability: Ability) -> AbilityResult:
        if ability not in probed:
            return AbilityResult(skip=Skip.NOT_LISTED)
        result = results.get((candidate.ref.model, ability))
        return AbilityResult(skip=Skip.INTERRUPTED) if result is None else AbilityResult(result)

    return Scanned(candidate, find(Ability.TOOL), find(Ability.IMAGE))
