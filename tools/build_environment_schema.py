"""Build schemas/environment.schema.json from that of the configuration; with --check, fail if it is stale.

An environment has any part of a configuration: nothing is required, and a null removes what the configuration has. What
a list holds is as in a configuration, since a list replaces the other as a whole.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, TypeAlias

SCHEMAS = Path(__file__).parent.parent / "schemas"
_SUFFIX = "OrNull"
#: Keys of a configuration that an environment cannot have, and those of a file that no null can remove.
_DROPPED, _OF_FILE = ("include", "abstract"), ("$schema", "version")
_ENVIRONMENT = {
    "title": "Environment",
    "description": "The name of this environment, as in the file's name: text2llm.NAME.yaml beside text2llm.yaml.",
    "type": "string",
    "pattern": "^(?!base$)[a-z][a-z0-9-]{0,31}$(?!\\n)",
    "patternErrorMessage": "a name of small letters, digits and '-', at most 32, beginning with a letter, and not base",
    "examples": ["prod"],
}
_HEAD = {
    "$id": "https://text2llm.dev/schemas/environment.schema.json",
    "title": "text2llm environment",
    "description": "What differs from the configuration in one environment. A written null removes a key.",
    "examples": [{"version": 1, "environment": "prod", "agents": {"defaults": {"model": "openai/gpt-5.2"}}}],
}
_Schema: TypeAlias = dict[str, Any]


def main() -> int:
    """Write the schema, or with ``--check`` compare it; return 1 if it is stale."""
    parser = argparse.ArgumentParser(description="Build the schema of environments.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the schema is stale")
    parser.add_argument("--schemas", type=Path, default=SCHEMAS, help="the folder of the schemas")
    options = parser.parse_args()
    path = options.schemas / "environment.schema.json"
    text = render(json.loads((options.schemas / "config.schema.json").read_text(encoding="utf-8")))
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return 0
    if options.check:
        print(f"{path} is stale: run python tools/build_environment_schema.py", file=sys.stderr)
        return 1
    path.write_text(text, encoding="utf-8", newline="\n")
    return 0


def render(config: _Schema) -> str:
    """The text of the schema for that of the configuration: the same bytes for the same schema."""
    return json.dumps(build_schema(config), ensure_ascii=False, indent=2) + "\n"


def build_schema(config: _Schema) -> _Schema:
    """The schema of environments for that of the configuration."""
    known = {key: value for key, value in config["properties"].items() if key not in _DROPPED}
    values = {key: value if key in _OF_FILE else _with_null(value) for key, value in known.items()}
    relaxed = {name + _SUFFIX: _with_null(part) for name, part in config["$defs"].items()}
    defs = {**config["$defs"], **relaxed}
    schema = {**{key: value for key, value in config.items() if key != "required"}, **_HEAD}
    schema |= {"properties": {"version": values.pop("version"), "environment": _ENVIRONMENT, **values}}
    return {**schema, "$defs": {name: defs[name] for name in sorted(_find_used(schema["properties"], defs))}}


def _relax(schema: _Schema) -> _Schema:
    """A schema whose maps require nothing, and may have a null beside each value."""
    relaxed = {key: value for key, value in schema.items() if key != "required"}
    if "properties" in schema:
        relaxed["properties"] = {name: _with_null(part) for name, part in schema["properties"].items()}
    if isinstance(schema.get("additionalProperties"), dict):
        relaxed["additionalProperties"] = _with_null(schema["additionalProperties"])
    return relaxed


def _with_null(schema: _Schema) -> _Schema:
    """The schema of a map's value that may be null instead."""
    relaxed = _relax(schema)
    if "$ref" in relaxed:
        relaxed["$ref"] += _SUFFIX
    if "const" in relaxed:
        relaxed["enum"] = [relaxed.pop("const")]
    if "enum" in relaxed:
        relaxed["enum"] = [*relaxed["enum"], None]
    if "type" in relaxed:
        kinds = relaxed["type"] if isinstance(relaxed["type"], list) else [relaxed["type"]]
        relaxed["type"] = list(dict.fromkeys([*kinds, "null"]))
    return relaxed


def _find_used(part: Any, defs: dict[str, _Schema]) -> set[str]:
    """The definitions that a part of a schema refers to, directly or through others."""
    found: set[str] = set()
    stack = [part]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack += node
        elif isinstance(node, dict):
            name = str(node.get("$ref", "")).removeprefix("#/$defs/")
            if name in defs and name not in found:
                found.add(name)
                stack.append(defs[name])
            stack += node.values()
    return found


if __name__ == "__main__":
    sys.exit(main())
