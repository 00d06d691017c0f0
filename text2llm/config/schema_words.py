"""Schema errors in words. The wrong value may be a secret, so no message ever contains it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from text2llm.config.nodes import Pointer

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
_SHOWABLE = re.compile(r"[A-Za-z](?:[A-Za-z]|[_-](?=[A-Za-z0-9])){0,31}[0-9]{0,2}")
_EXAMPLE_SHOWN = 80


def quote_key(key: object) -> str | None:
    """A key as it may be shown: quoted when it is a plain word, else ``None``."""
    return f"'{key}'" if isinstance(key, str) and _SHOWABLE.fullmatch(key) else None


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
