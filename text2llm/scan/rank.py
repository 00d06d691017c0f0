"""Which of the probed models is worth more, and what is proposed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from math import inf
from typing import NamedTuple

from text2llm.probe.result import ProbeResult
from text2llm.refs import ModelRef
from text2llm.scan.select import Candidate


class Skip(Enum):
    """Why something of a model was not probed."""

    NOT_WANTED = "not probed"
    NOT_LISTED = "the listing does not have it"
    INTERRUPTED = "interrupted"


class Finding(NamedTuple):
    """What is known of one ability of a model: a probe's result, or why there is none."""

    result: ProbeResult | None = None
    skip: Skip | None = None

    @property
    def proven(self) -> bool:
        """Whether a probe has shown the ability."""
        return self.result is not None and self.result.verdict.reason is None

    @property
    def latency(self) -> float:
        """Milliseconds that it took to show it; without end where it was not shown."""
        known = self.result is not None and self.proven and self.result.latency_ms is not None
        return float(self.result.latency_ms or 0) if known and self.result is not None else inf


class Scanned(NamedTuple):
    """A candidate, and what its probes found: whether it calls a tool, and whether it reads an image."""

    candidate: Candidate
    tool: Finding
    image: Finding


class Proposal(NamedTuple):
    """Models in the order in which they should be tried: for text, and for images."""

    fallbacks: tuple[ModelRef, ...] = ()
    images: tuple[ModelRef, ...] = ()


def rank(scanned: Iterable[Scanned]) -> tuple[Scanned, ...]:
    """The best first.

    Those that called the tool, of them those that read the image; then by the latency of the call, context window,
    parameters and reference. Where nothing was probed, what the listing says of images counts.
    """
    return tuple(sorted(scanned, key=_value))


def _value(each: Scanned) -> tuple[object, ...]:
    return not each.tool.proven, not _sees(each), each.tool.latency, *_metadata(each.candidate)


def _sees(each: Scanned) -> bool:
    return each.image.proven if each.image.skip is not Skip.NOT_WANTED else lists_images(each.candidate)


def lists_images(candidate: Candidate) -> bool:
    """Whether the listing says that a model reads images."""
    return "image" in (candidate.listed.facts.inputs or ())


def _metadata(candidate: Candidate) -> tuple[float, float, str]:
    return -(candidate.listed.facts.context_window or 0), -(candidate.params or 0), str(candidate.ref)


def preselect(candidates: Iterable[Candidate], most: int) -> tuple[Candidate, ...]:
    """Those that are probed, at most so many: the ones that promise most by what the listing says."""
    return tuple(sorted(candidates, key=lambda each: (not lists_images(each), *_metadata(each)))[:most])


def callers(ranked: Iterable[Scanned]) -> tuple[ModelRef, ...]:
    """Those that called the tool, in the order of their rank: a fallback of an agent must."""
    return tuple(each.candidate.ref for each in ranked if each.tool.proven)


def viewers(ranked: Iterable[Scanned]) -> tuple[ModelRef, ...]:
    """Those that read the image, the fastest first."""
    able = (each for each in ranked if each.image.proven)
    return tuple(
        each.candidate.ref for each in sorted(able, key=lambda each: (each.image.latency, *_metadata(each.candidate)))
    )


def propose(ranked: Sequence[Scanned], most: int) -> Proposal:
    """The top candidates, at most so many for each purpose."""
    return Proposal(callers(ranked)[:most], viewers(ranked)[:most])
