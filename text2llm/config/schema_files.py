"""The published JSON Schemas, read from the package's own files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from text2llm.errors import UsageError

SUFFIX = ".schema.json"
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: In the wheel; beside the package in a checkout.
_FOLDERS = (os.path.join(_PACKAGE, "schemas"), os.path.join(os.path.dirname(_PACKAGE), "schemas"))
_REFERENCES = frozenset({"$ref", "$defs"})
_NESTED = (dict, list)
_NAME = r"[a-z][a-z0-9-]*(?:/[a-z][a-z0-9-]*)?"


def schema_text(name: str) -> str:
    """The text of the schema called ``name``, such as ``config`` or ``outputs/findings``.

    Raises:
        UsageError: there is no such schema.
    """
    path = os.path.join(_folder(), name + SUFFIX)
    if not _is_name(name) or not os.path.isfile(path):
        raise UsageError("there is no such schema", hint="`text2llm schema` lists them")
    with open(path, encoding="utf-8") as file:
        return file.read()


def _is_name(name: str) -> bool:
    is_word = name.isascii() and name.isalpha() and name.islower()  # each start asks for one, and compiles no pattern
    return is_word or re.fullmatch(_NAME, name) is not None


@lru_cache(maxsize=8)
def read_tree(text: str) -> Mapping[str, Any]:
    """The schema with this text, without references. Cached: do not change it."""
    import json

    return inline_refs(json.loads(text))


def inline_refs(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with every ``$ref`` into its own ``$defs`` replaced; keys beside a ``$ref`` take precedence."""
    definitions: dict[str, dict[str, Any]] = {}

    def find(reference: str) -> dict[str, Any]:
        """A definition, whose own references are replaced once: every start reads the schema of a configuration."""
        name = reference.removeprefix("#/$defs/")
        if name not in definitions:
            definitions[name] = inline(schema["$defs"][name])
        return definitions[name]

    def inline(node: Any) -> Any:
        if type(node) is list:
            return [inline(item) if type(item) in _NESTED else item for item in node]
        own = {
            key: inline(value) if type(value) in _NESTED else value
            for key, value in node.items()
            if key not in _REFERENCES
        }
        return {**find(node["$ref"]), **own} if "$ref" in node else own

    inlined: dict[str, Any] = inline(schema)
    return inlined


def schema_names() -> list[str]:
    root = _folder()
    found = []
    for folder, _, files in os.walk(root):
        prefix = "" if folder == root else os.path.relpath(folder, root) + "/"
        found += [prefix + file.removesuffix(SUFFIX) for file in files if file.endswith(SUFFIX)]
    return sorted(found)


def _folder() -> str:
    return next(filter(os.path.isdir, _FOLDERS), _FOLDERS[0])
