"""Parameters from wide to narrow places, merged key by key. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from text2llm.params.spelling import Params, SpelledParam


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
