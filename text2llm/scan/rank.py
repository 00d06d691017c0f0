"""The ranking of probed models, and the proposal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from math import inf
from typing import NamedTuple

from text2llm.probe.result import ProbeResult
from text2llm.refs import ModelRef
from text2llm.scan.select import Candidate


class Skip(Enum):
    """Why an ability of a model was not probed."""

    NOT_WANTED = "not probed"
    NOT_LISTED = "not in the listing"
    INTERRUPTED = "interrupted"


class AbilityResult(NamedTuple):
    """One ability of a model: a probe's result, or why there is none."""

    result: ProbeResult | None = None
    skip: Skip | None = None

    @property
    def verified(self) -> bool:
        return self.result is not None and self.result.verdict.reason is None

    @property
    def latency(self) -> float:
        """Milliseconds of the successful probe; infinite without one."""
        known = self.result is not None and self.verified and self.result.latency_ms is not None
        return float(self.result.latency_ms or 0) if known and self.result is not None else inf


class Scanned(NamedTuple):
    """A candidate and its probe results: whether it calls a tool, and whether it accepts an image."""

    candidate: Candidate
    tool: AbilityResult
    image: AbilityResult


class Proposal(NamedTuple):
    """Models in the order to try them: for text, and for images."""

    fallbacks: tuple[ModelRef, ...] = ()
    images: tuple[ModelRef, ...] = ()


def rank(scanned: Iterable[Scanned]) -> tuple[Scanned, ...]:
    """The best first: those that called the tool, of them those that accepted the image.

    Then by the latency of the call, context window, parameters and reference. Without a probe the listing decides
    about images.
    """
    return tuple(sorted(scanned, key=_value))


def _value(each: Scanned) -> tuple[object, ...]:
    return not each.tool.verified, not _sees(each), each.tool.latency, *_metadata(each.candidate)


def _sees(each: Scanned) -> bool:
    return each.image.verified if each.image.skip is not Skip.NOT_WANTED else lists_images(each.candidate)


def lists_images(candidate: Candidate) -> bool:
    return "image" in (candidate.listed.facts.inputs or ())


def _metadata(candidate: Candidate) -> tuple[float, float, str]:
    return -(candidate.listed.facts.context_window or 0), -(candidate.params or 0), str(candidate.ref)


def preselect(candidates: Iterable[Candidate], most: int) -> tuple[Candidate, ...]:
    """The candidates to probe, at most ``most``: the best by their listing."""
    return tuple(sorted(candidates, key=lambda each: (not lists_images(each), *_metadata(each)))[:most])


def callers(ranked: Iterable[Scanned]) -> tuple[ModelRef, ...]:
    """Those that called the tool, by rank: an agent's fallback must."""
    return tuple(each.candidate.ref for each in ranked if each.tool.verified)


def viewers(ranked: Iterable[Scanned]) -> tuple[ModelRef, ...]:
    """Those that accepted the image, the fastest first."""
    able = (each for each in ranked if each.image.verified)
    return tuple(
        each.candidate.ref for each in sorted(able, key=lambda each: (each.image.latency, *_metadata(each.candidate)))
    )


def propose(ranked: Sequence[Scanned], most: int) -> Proposal:
    """The best candidates, at most ``most`` for each purpose."""
    return Proposal(callers(ranked)[:most], viewers(ranked)[:most])
