"""Schema errors in words. The wrong value may be a secret, so no message ever contains it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from text2llm.config.nodes import Pointer
from text2llm.config.roles import KNOWN_ROLES

#: The fact, and how to fix it.
Words: TypeAlias = tuple[str, str | None]

_KINDS = {
    "object": "a map",
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_VALUES = (
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a decimal number"),
    (str, "a string"),
    (list, "a list"),
)
# A word, at most with a number at its end: unlike any credential.
_SHOWABLE = r"[A-Za-z](?:[A-Za-z]|[_-](?=[A-Za-z0-9])){0,31}[0-9]{0,2}"
_EXAMPLE_SHOWN = 80
#: What to do with names of the roles that have keys of their own.
_ROLES_BESIDE = {
    **dict.fromkeys(("main", "model", "primary", "fallbacks"), "write it as `model:`, beside roles"),
    **dict.fromkeys(("image", "imageFallbacks"), "write it as `imageModel:`, beside roles"),
}
#: The words for request parameters.
PARAM_WORDS = (
    *("temperature", "topP", "topK", "maxTokens", "stop", "seed", "effort", "serviceTier", "context1m", "timeout"),
)


def quote_key(key: object) -> str | None:
    """A key as it may be shown: quoted when it is a plain word, else ``None``."""
    return f"'{key}'" if isinstance(key, str) and re.fullmatch(_SHOWABLE, key) else None


def describe_kind(value: object) -> str:
    if value is None:
        return "nothing"
    # In this order, since bool is an int to Python.
    return next((words for kind, words in _VALUES if isinstance(value, kind)), "a map")


def describe_error(error: Any) -> Words:
    message, hint = _WORDS[error.validator](error)
    subject = _subject(tuple(error.path))
    if subject and "propertyNames" in error.schema_path:
        subject = f"a key of {subject}"
        hint = _ROLES_BESIDE.get(error.instance) if error.path[-1] == "roles" else None
    return (f"{subject}: {message}" if subject else message), hint or _example(error.schema)


def _subject(path: Pointer) -> str:
    """The last key of the path, and the index in its list: ``'fallbacks', item 2``."""
    key = next((step for step in reversed(path) if isinstance(step, str)), None)
    shown = quote_key(key)
    if shown is None:
        return ""
    return f"{shown}, item {path[-1] + 1}" if isinstance(path[-1], int) else shown


def _example(schema: Mapping[str, Any]) -> str | None:
    import json

    shown = json.dumps(next(iter(schema.get("examples", ())), None), ensure_ascii=False)
    return f"for example: {shown}" if shown != "null" and len(shown) <= _EXAMPLE_SHOWN else None


def _of_type(error: Any) -> Words:
    allowed = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    names = [name for name in allowed if name != "null"]
    message = f"expected {' or '.join(_KINDS[name] for name in names)}, got {describe_kind(error.instance)}"
    return message, _type_hint(names, error.instance)


def _type_hint(expected: list[str], value: object) -> str | None:
    match value:
        case str() if value.isdecimal() and "integer" in expected:
            return "write the number without quotes"
        case bool() | int() | float() if "string" in expected:
            return "put it in quotes if it is meant as text"
        case str() if "array" in expected:
            return "write a list: [ … ]"
        case None if "array" in expected:
            return "write [] for none, or remove the key"
        case _:
            return None


def _of_choice(error: Any) -> Words:
    choices = [choice for choice in error.validator_value if choice is not None]
    return f"expected {'one of: ' if len(choices) > 1 else ''}{', '.join(choices)}", None


def _of_const(error: Any) -> Words:
    import json

    return f"expected {json.dumps(error.validator_value)}", None


def _bound(template: str) -> Callable[[Any], Words]:
    return lambda error: (template.format(error.validator_value), None)


_WORDS: dict[str, Callable[[Any], Words]] = {
    "type": _of_type,
    "enum": _of_choice,
    "const": _of_const,
    "pattern": lambda error: (f"expected {error.schema['patternErrorMessage']}", None),
    "minimum": _bound("expected a number of {} or more"),
    "maximum": _bound("expected a number of {} or less"),
    "exclusiveMinimum": _bound("expected a number above {}"),
    "minLength": _bound("expected a text of {} or more characters"),
    "maxLength": _bound("expected a text of {} or fewer characters"),
    "minItems": _bound("expected a list of {} or more"),
    "maxItems": _bound("expected a list of {} or fewer"),
    "maxProperties": _bound("expected {} or fewer keys"),
}
#: The keywords with words here; the schemas use no other that can fail.
KEYWORDS = frozenset({*_WORDS, "required", "additionalProperties"})


# -- keys in the wrong map ---------------------------------------------------------------------------------------------

_USUAL_HOME = "agents.defaults"
_ALIASES = "an alias is written at its model: agents.defaults.models.MODEL.alias"
#: Likely mistakes that no key of the schema explains; ``None`` stands for any map.
_MEANT: Mapping[tuple[Pointer | None, str], str] = {
    (("agents",), "list"): "agents are a map by id: agents.entries",
    (("models",), "mode"): "leave it out: providers here are added to those that are built in",
    (None, "alias"): _ALIASES,
    (None, "aliases"): _ALIASES,
}


def _name_role(role: str) -> str:
    return f"a model for that is a role: roles.{role}"


def _name_param(word: str) -> str:
    return f"it is a request parameter: params.{word}"


#: What OpenClaw and others write in the map of an agent or of the agents' defaults.
_OF_AGENTS = {
    **{role: _name_role(role) for role in KNOWN_ROLES},
    **{
        key: _name_role(role)
        for key, role in (
            *(("subagents", "subagent"), ("imageGenerationModel", "imageGeneration"), ("pdfModel", "pdf")),
            *(("utilityModel", "utility"), ("memorySearch", "embedding"), ("videoGenerationModel", "videoGeneration")),
            *(("musicGenerationModel", "musicGeneration"), ("smallModel", "small"), ("small_model", "small")),
        )
    },
    **{word: _name_param(word) for word in PARAM_WORDS},
    "thinkingDefault": _name_param("effort"),
    "timeoutSeconds": _name_param("timeout"),
    "imageFallbacks": "it belongs under 'imageModel', as its fallbacks",
    "modelPolicy": "an agent has `policy: {models: {allow: […]}}` instead",
    "contextTokens": "a context window is a model's: models.providers.PROVIDER.models, contextWindow",
}
_OF_PROVIDERS = {
    **{word: _name_param(word) for word in PARAM_WORDS},
    "timeoutSeconds": _name_param("timeout"),
    "authHeader": "leave it out: its API says how a key is sent; for another way write headers: {NAME: '${VARIABLE}'}",
    "auth": "leave it out; whether a credential is a key or a token is auth.profiles.ID.mode",
}
_OF_MODELS = {"contextTokens": "it is contextWindow here"}
#: Keys of other tools, by a key that only this kind of map has.
_OTHERS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("imageModel", _OF_AGENTS),
    ("baseUrl", _OF_PROVIDERS),
    ("contextWindow", _OF_MODELS),
)


def _find_foreign(schema: Mapping[str, Any], key: str) -> str | None:
    """What to write in place of a key of another tool."""
    return next((keys.get(key) for mark, keys in _OTHERS if mark in schema["properties"]), None)


def find_mistake(tree: Mapping[str, Any], schema: Mapping[str, Any], path: Pointer, key: str) -> str | None:
    """What to do with a key that is certainly misplaced in the map at ``path``, which has this ``schema``."""
    if key.startswith("//"):
        return "begin a comment with '#'; JSON has no comments"
    meant = _MEANT.get((path, key)) or _MEANT.get((None, key)) or _find_foreign(schema, key)
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
