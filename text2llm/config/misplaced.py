"""Where a key belongs that stands in the wrong map. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from text2llm.config.nodes import Pointer

_USUAL_HOME = "agents.defaults"
_ALIASES = "an alias is written at its model: agents.defaults.models.MODEL.alias"
#: Likely mistakes that no key of the schema explains; ``None`` stands for any map.
_MEANT: Mapping[tuple[Pointer | None, str], str] = {
    (("agents",), "list"): "agents are a map by id: agents.entries",
    (None, "alias"): _ALIASES,
    (None, "aliases"): _ALIASES,
}


def find_mistake(tree: Mapping[str, Any], schema: Mapping[str, Any], path: Pointer, key: str) -> str | None:
    """What to do with a key that is certainly misplaced in the map at ``path``, which has this ``schema``."""
    if key.startswith("//"):
        return "begin a comment with '#'; JSON has no comments"
    meant = _MEANT.get((path, key)) or _MEANT.get((None, key))
    if meant is not None or not path:
        return meant or find_place(tree, key)
    below = next((name for name, part in schema["properties"].items() if key in part.get("properties", {})), None)
    if below is None:
        return None
    return f"it belongs under {'.'.join((*map(str, path), below)) if _is_fixed(tree, path) else repr(below)}"


def find_place(tree: Mapping[str, Any], key: str) -> str | None:
    home = find_home(tree, key)
    return None if home is None else f"it belongs under {home}"


def _is_fixed(tree: Mapping[str, Any], path: Pointer) -> bool:
    """Whether all keys of a path are those of the schema: others may be secrets."""
    for step in path:
        if step not in tree.get("properties", {}):
            return False
        tree = tree["properties"][step]
    return True


def find_home(tree: Mapping[str, Any], key: str) -> str | None:
    """The dotted path of the map with ``key``; ``None`` without a fixed path.

    Of several that of the agents' defaults, where most keys are written, else the nearest to the root.
    """
    homes = list(_find_homes(tree, key))
    return _USUAL_HOME if _USUAL_HOME in homes else next(iter(homes), None)


def _find_homes(tree: Mapping[str, Any], key: str) -> Iterator[str]:
    level: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [((), tree["properties"])]
    while level:
        below = []
        for path, properties in level:
            if path and key in properties:
                yield ".".join(path)
            below += [((*path, name), part["properties"]) for name, part in properties.items() if "properties" in part]
        level = below
