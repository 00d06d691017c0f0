"""Parameters from wide to narrow places, merged key by key, and the result in the words of one API. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from text2llm.params.spelling import Params, SpelledParam, fold_name
from text2llm.params.wires import NAMES, OF_CLIENT, ROUTING, Field, find_field, find_wire

_LIMIT = "maxTokens"
_NONE: Mapping[str, Any] = {}


class EffectiveParams(NamedTuple):
    """What is sent to a model. ``params`` are by word of ours, ``None`` for those that are not sent on purpose.

    ``request`` is the same as fields of the request's body, and ``headers`` what is said by a header. ``dropped`` are
    words, with their values, that the model's API does not have, and what would request another model.
    """

    params: Mapping[str, Any] = _NONE
    request: Mapping[str, Any] = _NONE
    headers: Mapping[str, str] = _NONE
    dropped: Mapping[str, Any] = _NONE

    def __bool__(self) -> bool:
        return bool(self.params or self.dropped)


NOTHING = EffectiveParams()


def merge_layers(layers: Iterable[Params]) -> dict[str, SpelledParam]:
    """The parameters of all layers, the last one first in precedence; ``None`` is a value, and stays.

    Maps are merged, since a provider's own names are paths such as ``provider.only``; other values are replaced.
    """
    merged: dict[str, SpelledParam] = {}
    for layer in layers:
        for name, spoken in layer.items():
            before = merged.get(name)
            value = spoken.value if before is None else merge_values(before.value, spoken.value)
            merged[name] = SpelledParam(value, spoken.path)
    return merged


def merge_values(wide: Any, narrow: Any) -> Any:
    if not (isinstance(wide, Mapping) and isinstance(narrow, Mapping)):
        return narrow
    return {**wide, **{name: merge_values(wide.get(name), value) for name, value in narrow.items()}}


def translate(params: Params, api: str, provider: str, limit_field: str | None = "") -> EffectiveParams:
    """Parameters for an API at a provider (a canonical id).

    ``limit_field`` is the server's field for the most tokens of a reply: ``""`` if nothing is known of it, ``None`` if
    it has none.
    """
    kept, dropped = dict[str, Any](), dict[str, Any]()
    request, headers = dict[str, Any](), dict[str, str]()
    for name, spoken in params.items():
        if spoken.value is not None and fold_name(name) in ROUTING:
            dropped[name] = spoken.value
            continue
        if name not in NAMES or spoken.value is None or name in OF_CLIENT:
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
    own = {name: _leave_out(value) for name, value in kept.items() if name not in NAMES and value is not None}
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
