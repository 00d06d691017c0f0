"""Whether a change of data changes what it means, or only how it is written. Pure.

The schema knows: it has the defaults, the keys that are fixed, and the values that can be written in two ways. A key
that the user names, such as an agent's, means something by its presence.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from text2llm.config.nodes import Pointer, Value
from text2llm.config.scalars import is_duration, parse_duration
from text2llm.config.schema_files import read_tree, schema_text
from text2llm.edit.change import Action, DataChange, value_at
from text2llm.edit.yaml.verify import same_data

_Schema = Mapping[str, Any]
#: Every key of a map that the user names.
_EVERY = "*"


def is_respelling(data: Mapping[str, Value], change: DataChange) -> bool:
    """Whether a change only writes in another way what is in force, which is ``data``."""
    if change.action is not Action.SET:
        return False
    *above, step = change.pointer
    parent, schema = value_at(dict(data), tuple(above)), _find_schema(tuple(above))
    is_present = isinstance(parent, list) or (isinstance(parent, dict) and step in parent)
    if not is_present and step not in schema.get("properties", {}):
        return False
    own = _child(schema, step)
    old, new = (_simplify(value, own, step) for value in (value_at(parent, (step,)), change.value))
    return same_data(old, new)


@cache
def _load_schema() -> _Schema:
    """The schema of a configuration, with defaults that it does not have: usual severities, and no fallbacks.

    What a provider's entry does not set is known from elsewhere, whatever its default.
    """
    from text2llm.rules.table import RULES

    root: _Schema = _without_defaults(read_tree(schema_text("config")), ("models",))
    for rule in RULES:
        root = _with_default(root, ("rules", rule.id), rule.severity.value)
    for choice in ("model", "imageModel"):
        root = _with_default(root, ("agents", "defaults", choice, "fallbacks"), [])
    return _with_default(root, ("agents", "defaults", "roles", _EVERY, "fallbacks"), [])


def _with_default(schema: _Schema, path: tuple[str, ...], default: Value) -> _Schema:
    if not path:
        return {**schema, "default": default}
    step, below = path[0], path[1:]
    if step == _EVERY:
        return {**schema, "additionalProperties": _with_default(schema["additionalProperties"], below, default)}
    parts = schema["properties"]
    return {**schema, "properties": {**parts, step: _with_default(parts[step], below, default)}}


def _without_defaults(node: Any, path: tuple[str, ...]) -> Any:
    """A schema without the defaults below a path of properties."""
    if not isinstance(node, dict):
        return node
    if not path:
        return {key: _without_defaults(item, ()) for key, item in node.items() if key != "default"}
    parts = node["properties"]
    return {**node, "properties": {**parts, path[0]: _without_defaults(parts[path[0]], path[1:])}}


def _find_schema(pointer: Pointer) -> _Schema:
    schema = _load_schema()
    for step in pointer:
        schema = _child(schema, step)
    return schema


def _child(schema: _Schema, step: str | int) -> _Schema:
    found = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
    found = schema.get("additionalProperties") if found is None else found
    return found if isinstance(found, dict) else {}


def _simplify(value: Value, schema: _Schema, key: str | int) -> Value:
    """The one form of all values that mean the same."""
    properties = schema.get("properties", {})
    if value is None:
        return _simplify_missing(schema, key)
    if isinstance(value, str):
        value = _simplify_text(value, schema, key)
    if isinstance(value, list):
        return [_simplify(item, _child(schema, 0), 0) for item in value]
    if not isinstance(value, dict):
        return value
    simple = {name: _simplify(item, _child(schema, name), name) for name, item in value.items()}
    usual = {name: _simplify_missing(part, name) for name, part in properties.items()}
    return {name: item for name, item in simple.items() if name not in usual or not same_data(item, usual[name])}


def _simplify_missing(schema: _Schema, key: str | int) -> Value:
    default = schema.get("default")
    if default is not None:
        return _simplify(default, schema, key)
    return {} if "object" in schema.get("type", ()) else None


def _simplify_text(text: str, schema: _Schema, key: str | int) -> Value:
    kinds = schema.get("type", ())
    if "array" in kinds:
        return [text]
    if "primary" in schema.get("properties", {}):
        return {"primary": text}
    if "integer" in kinds and is_duration(text):
        return parse_duration(text)
    return text.rstrip("/") if key == "baseUrl" else text
