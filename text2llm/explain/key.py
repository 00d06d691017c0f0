"""Parse the path of a key: ``agents.defaults.model.primary``, ``agents.entries[ops].model``. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from text2llm.config.nodes import Pointer

_NO_SCHEMA: Mapping[str, Any] = {}
#: Other tools keep agents in a list; its path is accepted too.
_OTHER_NAMES: Mapping[Pointer, dict[str, str | int]] = {("agents",): {"list": "entries"}}


class Key(NamedTuple):
    """A possible key of a configuration, and the schema of its value."""

    pointer: Pointer
    schema: Mapping[str, Any]


def parse_key_path(text: str, data: Any, schema: Mapping[str, Any]) -> Key | None:
    """The key with this path; ``None`` if neither the schema nor the data has it.

    A name with dots that is in the data needs no quotes; brackets can hold any name.
    """
    return _parse(text, data, Key((), schema)) if text else None


def _parse(rest: str, data: Any, at: Key) -> Key | None:
    if not rest:
        return at
    for step, remaining in _first_steps(rest, data, at):
        value = _child(data, step)
        below = _schema_below(at.schema, step)
        if value is not None or _has_null(data, step) or step in at.schema.get("properties", {}):
            found = _parse(remaining, value, Key((*at.pointer, step), below))
            if found is not None:
                return found
    return None


def _first_steps(rest: str, data: Any, at: Key) -> Iterator[tuple[str | int, str]]:
    """The names that a path can begin with, the longest first, and the rest of the path."""
    if rest.startswith("["):
        inside, closed, remaining = rest[1:].partition("]")
        if closed and _ends(remaining):
            yield _step(_unquote(inside), data), _after(remaining)
        return
    for written, name in sorted(_names(data, at).items(), key=lambda item: -len(item[0])):
        if rest[: len(written)].lower() == written and _ends(rest[len(written) :]):
            yield name, _after(rest[len(written) :])


def _names(data: Any, at: Key) -> dict[str, str | int]:
    """The names of a map by their lower case, or the indices of a list."""
    if isinstance(data, list):
        return {str(index): index for index in range(len(data))}
    known = [*at.schema.get("properties", {}), *(data if isinstance(data, dict) else ())]
    names: dict[str, str | int] = {str(name).lower(): str(name) for name in known}
    return {**_OTHER_NAMES.get(at.pointer, {}), **names}


def _step(text: str, data: Any) -> str | int:
    if isinstance(data, list):
        return int(text) if text.isdecimal() and text.isascii() else text
    return next((name for name in data if name.lower() == text.lower()), text) if isinstance(data, dict) else text


def _unquote(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _ends(remaining: str) -> bool:
    return not remaining or (remaining.startswith(("[", ".")) and len(remaining) > 1)


def _after(remaining: str) -> str:
    return remaining.removeprefix(".")


def _child(data: Any, step: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    return data[step] if isinstance(data, list) and isinstance(step, int) and step < len(data) else None


def _has_null(data: Any, step: str | int) -> bool:
    """Whether a map has a key without a value: that of a parameter says that it is not sent."""
    return isinstance(data, dict) and step in data


def _schema_below(schema: Mapping[str, Any], step: str | int) -> Mapping[str, Any]:
    found = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
    found = schema.get("additionalProperties") if found is None else found
    return found if isinstance(found, dict) else _NO_SCHEMA
