"""Finding free models that really answer, and choosing the fallbacks among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from text2llm.config.model import Slot
from text2llm.config.policy import is_allowed
from text2llm.probe.options import GATE_FLAGS, check_options
from text2llm.probe.runner import Progress
from text2llm.refs import ModelRef
from text2llm.scan.rank import Proposal, propose
from text2llm.scan.select import Filters
from text2llm.scan.session import Scan, ScanWish, scan
from text2llm.upstream.verdict import Verdict
from text2llm.workspace import Workspace

#: An image is answered in a few tokens; the wire format gives a tool call as many as it takes.
_MAX_TOKENS = 16
#: So many candidates are probed for each one that is wanted: requests to free models are counted by the day.
_PROBED_FOR_ONE = 3


@dataclass(frozen=True, slots=True)
class Request:
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
class Found:
    """What a scan found and what of it is proposed; ``idle`` are models for images that nothing would use."""

    scan: Scan
    proposal: Proposal
    idle: tuple[ModelRef, ...] = ()


def run(workspace: Workspace, request: Request, progress: Progress | None = None) -> Found | Verdict:
    """Scan a provider; a verdict says why its listing is not known.

    Raises:
        UsageError: there is no such provider.
        InvalidConfigError: the configuration has findings.
        StoreError: the store cannot be used.
        SettingsError: the user's settings cannot be used.
        TrustedOriginsError: the environment's grants cannot be read.
    """
    provider = workspace.find_provider(request.provider)
    allowed = partial(is_allowed, config=workspace.config, spellings=workspace.registry.spellings())
    probes = None
    if request.probe:
        probes = check_options(request.timeout, request.concurrency, _MAX_TOKENS, flags=GATE_FLAGS)
    wish = ScanWish(provider, request.filters, probes, _PROBED_FOR_ONE * request.max_candidates, allowed)
    view = workspace.read(secrets=True)
    found = scan(wish, view, progress)
    return found if isinstance(found, Verdict) else _propose(found, workspace, request)


def _propose(found: Scan, workspace: Workspace, request: Request) -> Found:
    proposal = propose(found.ranked, request.max_candidates)
    choice = workspace.config.defaults.get(Slot.IMAGE_MODEL)
    if request.set_image or (choice is not None and choice.primary is not None):
        return Found(found, proposal)
    return Found(found, proposal._replace(images=()), proposal.images)
