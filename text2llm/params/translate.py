"""Merged parameters in the words of one API. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from text2llm.params.merge import merge_values
from text2llm.params.spelling import Params, fold_name
from text2llm.params.wires import Field, find_field, find_wire
from text2llm.params.words import WORDS

_LIMIT = "maxTokens"


@dataclass(frozen=True, slots=True)
class EffectiveParams:
    """What is sent to a model. ``params`` are by word of ours, ``None`` for those that are not sent on purpose.

    ``request`` is the same as fields of the request's body, and ``headers`` what is said by a header. ``dropped`` are
    words, with their values, that the model's API does not have.
    """

    params: Mapping[str, Any] = field(default_factory=dict)
    request: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.params or self.dropped)


NOTHING = EffectiveParams()


def translate(params: Params, api: str, provider: str, limit_field: str | None = "") -> EffectiveParams:
    """Parameters for an API at a provider (a canonical id).

    ``limit_field`` is the server's field for the most tokens of a reply: ``""`` if nothing is known of it, ``None`` if
    it has none.
    """
    kept, dropped = dict[str, Any](), dict[str, Any]()
    request, headers = dict[str, Any](), dict[str, str]()
    for name, spoken in params.items():
        if name not in WORDS or spoken.value is None or WORDS[name].of_client:
            kept[name] = spoken.value
            continue
        place = find_place(name, api, provider, limit_field)
        if place is None:
            dropped[name] = spoken.value
            continue
        kept[name] = spoken.value
        value = place.shape(spoken.value)
        if not place.header:
            _put(request, _choose_path(place, spoken.path), value)
        elif value:
            headers[place.path] = value
    own = {name: _leave_out(spoken.value) for name, spoken in params.items() if name not in WORDS and _is_sent(spoken)}
    return EffectiveParams(kept, _add_own(request, own, api), headers, dropped)


def find_place(word: str, api: str, provider: str, limit_field: str | None) -> Field | None:
    """The field that says a word; ``None`` if the server has none. See :func:`translate` for ``limit_field``."""
    if word != _LIMIT or limit_field == "":
        return find_field(word, api, provider)
    return None if limit_field is None else Field(limit_field)


def _choose_path(place: Field, written: str) -> str:
    """The path that the file has, if it is one of this API."""
    return next((path for path in place.others if fold_path(path) == written), place.path)


def fold_path(path: str) -> str:
    return ".".join(map(fold_name, path.split(".")))


def _put(request: dict[str, Any], path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for step in outer:
        request = request.setdefault(step, {})
    request[last] = value


def _is_sent(spoken: Any) -> bool:
    return spoken.value is not None


def _leave_out(value: Any) -> Any:
    """A value without what is not sent."""
    if not isinstance(value, dict):
        return value
    return {name: _leave_out(inner) for name, inner in value.items() if inner is not None}


def _add_own(request: dict[str, Any], own: Mapping[str, Any], api: str) -> dict[str, Any]:
    """A request with the provider's own parameters, which take precedence: they are written for this API."""
    wire = find_wire(api)
    inside = {name: value for name, value in own.items() if wire.inside is not None and name not in wire.beside}
    beside = {name: value for name, value in own.items() if name not in inside}
    placed = beside if wire.inside is None or not inside else merge_values(beside, {wire.inside: inside})
    merged: dict[str, Any] = merge_values(request, placed)
    return merged
