"""Where parameters stand in a written map. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from text2llm.params.natives import NATIVES
from text2llm.params.spelling import BODY, find_containers, find_paths, fold_name, is_spelling, says_more

_Path: TypeAlias = tuple[str, ...]
#: The maps that hold parameters of the provider's own.
_HOLDERS = frozenset(path[:length] for path in NATIVES for length in range(1, len(path)))


class ParamSite(NamedTuple):
    """A written parameter: its keys, and the same ones in folded names, empty if it is in no form.

    ``outer`` are those of the map around it; ``word`` is the word that it says, if any.
    """

    keys: _Path
    outer: _Path
    path: _Path
    word: str | None
    value: Any


def list_sites(params: Mapping[str, Any], keys: _Path = (), at: _Path = ()) -> Iterator[ParamSite]:
    """The parameters in a map, and in the maps in it that can hold some."""
    for name, value in params.items():
        own, path = (*keys, name), (*at, fold_name(name)) if is_spelling(name) else ()
        if path == (BODY,) and isinstance(value, dict):
            yield from list_sites(value, own)
            continue
        word = None if says_more(path, value) else find_paths().get(path)
        holds = path in find_containers() or path in _HOLDERS
        if word is None or not (path in find_containers() and isinstance(value, dict)):
            yield ParamSite(own, at, path, word, value)
        if holds and isinstance(value, dict):
            yield from list_sites(value, own, path)


def find_keys(name: str, params: Mapping[str, Any]) -> _Path:
    """The keys of a merged parameter in a written map that has it: of a word, or of a provider's own name."""
    said = [site.keys for site in list_sites(params) if site.word == name]
    return next((keys for keys in said if keys[-1] == name), said[0] if said else (name,))
