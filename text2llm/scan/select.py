"""Which models of a listing are free and pass the filters. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from text2llm.listing.parse import Listed
from text2llm.refs import ModelRef

_DAY = 86_400
_FREE = ":free"
#: A number of thousand millions of parameters, as names have it: ``70b``, ``1.5B``, the 22 of ``8x22b``.
_SIZE = re.compile(r"(?<![0-9.])([0-9]{1,5}(?:\.[0-9]{1,3})?)b(?![a-z0-9])", re.IGNORECASE)


class Filters(NamedTuple):
    """What a candidate must be: of so many thousand millions of parameters, listed in so many days, named so.

    What a listing does not tell does not pass. ``prefix`` is the beginning of an id, in any case.
    """

    min_params: float | None = None
    max_age_days: float | None = None
    prefix: str | None = None


class Candidate(NamedTuple):
    """A free model. ``params`` is its size in thousand millions of parameters, ``None`` where its name tells none."""

    ref: ModelRef
    listed: Listed
    params: float | None


class Selection(NamedTuple):
    """How many models a listing has, how many of them are free, and those that pass the filters.

    ``forbidden`` is how many more would pass if the configuration allowed them.
    """

    listed: int
    free: int
    candidates: tuple[Candidate, ...]
    forbidden: int = 0


def select(
    provider: str, models: Mapping[str, Listed], filters: Filters, now: int, is_allowed: Callable[[ModelRef], bool]
) -> Selection:
    """The candidates among the models of a provider (a canonical id) at ``now``, in seconds since the epoch."""
    free = [(model, listed) for model, listed in models.items() if is_free(model, listed)]
    made = (Candidate(ModelRef(provider, model), listed, find_params(model, listed)) for model, listed in free)
    passing = [each for each in made if _passes(each, filters, now)]
    allowed = tuple(each for each in passing if is_allowed(each.ref))
    return Selection(len(models), len(free), allowed, len(passing) - len(allowed))


def is_free(model: str, listed: Listed) -> bool:
    """Whether a model costs nothing: all its prices are 0, or it says so and no price says otherwise."""
    prices = {listed.facts.input_price, listed.facts.output_price}
    said = model.endswith(_FREE) and prices <= {0, None}
    return (said or prices == {0}) and not listed.charges


def find_params(model: str, listed: Listed) -> float | None:
    """The largest size that the id or the name of a model has."""
    return max(_sizes(f"{model} {listed.facts.name or ''}"), default=None)


def _sizes(text: str) -> Iterator[float]:
    return map(float, _SIZE.findall(text))


def _passes(candidate: Candidate, filters: Filters, now: int) -> bool:
    created = candidate.listed.created
    large = filters.min_params is None or (candidate.params or 0) >= filters.min_params
    young = filters.max_age_days is None or (created is not None and now - created <= filters.max_age_days * _DAY)
    named = filters.prefix is None or candidate.ref.model.lower().startswith(filters.prefix.lower())
    return large and young and named
