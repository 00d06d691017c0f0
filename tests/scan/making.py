"""Models of a listing, and what probes found of them, in few words."""

from __future__ import annotations

from text2llm.catalog.facts import ModelFacts
from text2llm.listing.parse import ListedModel
from text2llm.probe.result import ProbeResult, ProbeSource, ProbeSubject
from text2llm.refs import ModelRef
from text2llm.scan.rank import AbilityResult, Scanned, Skip
from text2llm.scan.select import Candidate
from text2llm.upstream.verdict import Reason, Verdict

SUBJECT = ProbeSubject("lab", "lab/m", "LAB_KEY", ProbeSource.ENV, "api_key")


def listed(
    name: str | None = None,
    *,
    window: int | None = None,
    prices: tuple[float | None, float | None] = (None, None),
    inputs: tuple[str, ...] | None = None,
    created: int | None = None,
) -> ListedModel:
    facts = ModelFacts(name=name, context_window=window, inputs=inputs, input_price=prices[0], output_price=prices[1])
    return ListedModel(facts, created)


def found(outcome: int | Reason | Skip) -> AbilityResult:
    """A success that took so many milliseconds, a failure, or none."""
    match outcome:
        case Skip():
            return AbilityResult(skip=outcome)
        case Reason():
            return AbilityResult(ProbeResult(SUBJECT, Verdict(outcome, "HTTP 400"), 9))
        case _:
            return AbilityResult(ProbeResult(SUBJECT, Verdict(None), outcome))


def scanned(
    model: str,
    tool: int | Reason | Skip,
    image: int | Reason | Skip = Skip.NOT_LISTED,
    *,
    window: int | None = None,
    params: float | None = None,
    sees: bool = False,
) -> Scanned:
    inputs = ("text", "image") if sees or isinstance(image, int) else ("text",)
    candidate = Candidate(ModelRef("lab", model), listed(window=window, inputs=inputs), params)
    return Scanned(candidate, found(tool), found(image))
