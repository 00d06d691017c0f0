"""The steps from the places that set request parameters to what is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from text2llm.auth.reading import Reading
from text2llm.config.model import ParamPlace
from text2llm.config.roles import Role
from text2llm.diff.values import show_value
from text2llm.edit.change import format_pointer
from text2llm.explain.explanation import Part, Step, StepSource
from text2llm.params.sites import find_keys
from text2llm.params.spelling import read_params
from text2llm.redaction.places import Places
from text2llm.refs import ModelRef
from text2llm.upstream.effective import find_lacking, find_levels, find_params
from text2llm.upstream.hidden import hide_secrets

_UNSENT = "not sent"


class ParamTopic(NamedTuple):
    """A model in a role of an agent (``None``: of the defaults); ``label`` begins the names of its parameters."""

    label: str
    agent: str | None
    role: Role
    ref: ModelRef


def trace_params(use: ParamTopic, reading: Reading, secrets: Places) -> Iterator[Part]:
    """Each parameter, with the place that applies first."""
    steps: dict[str, list[Step]] = {}
    for level in reversed(find_levels(reading, *use[1:])):
        for name, spoken in read_params(level.params).items():
            before = steps.setdefault(name, [])
            before.append(_trace_place(name, spoken.value, level, reading, secrets, first=not before))
    if not steps:
        return
    found = find_params(reading, *use[1:])
    for name, told in steps.items():
        lacking = find_lacking(name, use.ref, reading) if name in found.dropped else None
        last = () if lacking is None else (Step(f"the API {lacking} has no {name}", StepSource.BUILT_IN),)
        value = _UNSENT if name in found.dropped else _show(found.params[name], secrets)
        yield Part(f"{use.label} {name}", value, (*told, *last))


def _trace_place(  # noqa: PLR0913
    name: str, value: Any, place: ParamPlace, reading: Reading, secrets: Places, *, first: bool
) -> Step:
    word = "set" if first else "also" if isinstance(value, dict) else "overridden"
    text = f"{word} in {format_pointer(place.pointer)}: {_show(value, secrets)}"
    at = (*place.pointer, *find_keys(name, place.params))
    return Step(text, StepSource.FILE, reading.place(at, key=True))


def _show(value: Any, secrets: Places) -> str:
    return _UNSENT if value is None else show_value(hide_secrets(value, secrets))
