"""Rules about request parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from text2llm.auth.reading import Reading
from text2llm.config.model import ParamPlace
from text2llm.diagnostics import Severity
from text2llm.fix import write_name
from text2llm.refs import ModelRef
from text2llm.rules.rule import Finding, Rule, define_rule


class WrittenParams(NamedTuple):
    """A place with parameters; ``ref`` is the model that they are for, ``None`` if they are for several."""

    place: ParamPlace
    ref: ModelRef | None


@define_rule(
    "unknown-param",
    Severity.WARNING,
    "A request parameter is misspelled, has a value that it cannot have, or is none of its model's API.",
    "correct it, or remove it",
    has_fix=True,
)
def unknown_param(reading: Reading) -> Iterator[Finding]:
    """A parameter that no server knows is ignored, or every request with it fails.

    Names are checked that are nearly those of a known parameter: a provider may have others of its own. A word that the
    API lacks is left out where it is for several models, and is a finding where it is for that one alone.
    """
    if reading.config.params is None:
        return
    from text2llm.params.check import ParamCheck

    checker, seen = ParamCheck(), set[int]()
    for written in list_places(reading):
        if reading.config.is_new(written.place.pointer, seen):
            for problem in checker.check(written.place.params):
                at = (*written.place.pointer, *problem.keys)
                fix = write_name(at, problem.near, key=problem.name) if problem.near else None
                yield Finding(at, problem.message, problem.hint, problem.name, fix)
        yield from _find_lacking(written, reading)


def _find_lacking(written: WrittenParams, reading: Reading) -> Iterator[Finding]:
    """The words for one model that its API does not have."""
    from text2llm.params.sites import list_sites
    from text2llm.upstream.effective import find_lacking

    if written.ref is None:
        return
    for site in list_sites(written.place.params):
        word = site.word if site.value is not None else None
        api = None if word is None else find_lacking(word, written.ref, reading)
        if api is not None:
            message = f"the API of {written.ref}, {api}, has no {site.word}: it is not sent"
            yield Finding((*written.place.pointer, *site.keys), message, "remove it", key=True)


def list_places(reading: Reading) -> Iterator[WrittenParams]:
    """Every place with parameters, the widest first."""
    settings = reading.config.params
    if settings is None:
        return
    yield from (WrittenParams(place, None) for place in settings.providers.values())
    yield from (WrittenParams(place, reading.spellings.ref(*key)) for key, place in settings.own.items())
    for own in settings.owners.values():
        wide = (*filter(None, (own.common,)), *own.roles.values())
        yield from (WrittenParams(place, None) for place in wide)
        yield from (WrittenParams(place, reading.read_key(name)) for name, place in own.models.items())


PARAM_RULES: tuple[Rule[Reading], ...] = (unknown_param,)
