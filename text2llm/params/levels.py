"""The places whose parameters apply to a request, from wide to narrow. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from text2llm.auth.reading import Reading
from text2llm.config.model import OwnerParams, ParamPlace, ParamSettings
from text2llm.config.roles import Role
from text2llm.refs import ModelRef


class ParamLevel(NamedTuple):
    """A place that applies; ``exact``: it is written for that very model."""

    place: ParamPlace
    exact: bool


def find_levels(reading: Reading, agent: str | None, role: Role, ref: ModelRef) -> tuple[ParamLevel, ...]:
    """The places for a model in a role of an agent (a canonical id; ``None``: of the defaults), the widest first."""
    settings = reading.config.params
    if settings is None:
        return ()
    levels = [*_find_provided(settings, reading, ref)]
    base = settings.owners.get(None)
    if base is not None:
        listed = reading.listed.get(ref)
        levels += _find_owned(base, role, None if listed is None else base.models.get(listed))
    own = None if agent is None else settings.owners.get(agent)
    if own is not None:
        exact = (place for name, place in own.models.items() if reading.read_key(name) == ref)
        levels += _find_owned(own, role, next(exact, None))
    return tuple(levels)


class WrittenParams(NamedTuple):
    """A place with parameters; ``ref`` is the model that they are for, ``None`` if they are for several."""

    place: ParamPlace
    ref: ModelRef | None


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


def _find_provided(settings: ParamSettings, reading: Reading, ref: ModelRef) -> Iterator[ParamLevel]:
    custom = reading.customs.get(ref.provider)
    if custom is None:
        return
    if custom.id in settings.providers:
        yield ParamLevel(settings.providers[custom.id], exact=False)
    own = settings.own.get((custom.id, ref.model)) or _find_spelled(settings, reading, custom.id, ref)
    if own is not None:
        yield ParamLevel(own, exact=True)


def _find_spelled(settings: ParamSettings, reading: Reading, provider: str, ref: ModelRef) -> ParamPlace | None:
    if ref.provider not in reading.spellings.models:
        return None
    ids = (key for key in settings.own if key[0] == provider and reading.spellings.ref(*key) == ref)
    return next((settings.own[key] for key in ids), None)


def _find_owned(own: OwnerParams, role: Role, exact: ParamPlace | None) -> Iterator[ParamLevel]:
    if own.common is not None:
        yield ParamLevel(own.common, exact=False)
    if role in own.roles:
        yield ParamLevel(own.roles[role], exact=False)
    if exact is not None:
        yield ParamLevel(exact, exact=True)
