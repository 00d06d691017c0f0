"""The models of a listing that are free and pass the filters. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from text2llm.listing.parse import ListedModel
from text2llm.refs import ModelRef

_DAY = 86_400
_FREE = ":free"
#: Billions of parameters, as in names: ``70b``, ``1.5B``, the 22 of ``8x22b``.
_SIZE = re.compile(r"(?<![0-9.])([0-9]{1,5}(?:\.[0-9]{1,3})?)b(?![a-z0-9])", re.IGNORECASE)


class Filters(NamedTuple):
    """The minimum billions of parameters, the maximum days since it was listed, and the prefix of an id, ignoring case.

    A model whose listing lacks the fact does not pass.
    """

    min_params: float | None = None
    max_age_days: float | None = None
    prefix: str | None = None


class Candidate(NamedTuple):
    """A free model. ``params`` is its size in billions of parameters, ``None`` if its name has none."""

    ref: ModelRef
    listed: ListedModel
    params: float | None


class CandidateSelection(NamedTuple):
    """The count of models in a listing, of free ones, and those that pass the filters.

    ``forbidden`` is the count of those that pass but are not allowed by the configuration.
    """

    listed: int
    free: int
    candidates: tuple[Candidate, ...]
    forbidden: int = 0


def select(
    provider: str, models: Mapping[str, ListedModel], filters: Filters, now: int, is_allowed: Callable[[ModelRef], bool]
) -> CandidateSelection:
    """The candidates among the models of a provider (a canonical id) at ``now``, in seconds since the epoch."""
    free = [(model, listed) for model, listed in models.items() if is_free(model, listed)]
    made = (Candidate(ModelRef(provider, model), listed, read_size(model, listed)) for model, listed in free)
    passing = [each for each in made if _passes(each, filters, now)]
    allowed = tuple(each for each in passing if is_allowed(each.ref))
    return CandidateSelection(len(models), len(free), allowed, len(passing) - len(allowed))


def is_free(model: str, listed: ListedModel) -> bool:
    """Whether all prices of a model are 0, or its id says ``:free`` and no price contradicts."""
    prices = {listed.facts.input_price, listed.facts.output_price}
    named_free = model.endswith(_FREE) and prices <= {0, None}
    return (named_free or prices == {0}) and not listed.charges


def read_size(model: str, listed: ListedModel) -> float | None:
    """The largest size in the id or the name of a model, in billions of parameters."""
    return max(_sizes(f"{model} {listed.facts.name or ''}"), default=None)


def _sizes(text: str) -> Iterator[float]:
    return map(float, _SIZE.findall(text))


def _passes(candidate: Candidate, filters: Filters, now: int) -> bool:
    created = candidate.listed.created
    large = filters.min_params is None or (candidate.params or 0) >= filters.min_params
    young = filters.max_age_days is None or (created is not None and now - created <= filters.max_age_days * _DAY)
    named = filters.prefix is None or candidate.ref.model.lower().startswith(filters.prefix.lower())
    return large and young and named
