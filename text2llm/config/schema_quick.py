"""A quick check for the usual case, a valid file, without the import of jsonschema.

A yes is final; after a no jsonschema decides and gives the errors. So each check here may be stricter than JSON Schema,
never laxer, and a keyword that is not in the table means no.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_NUMBERS = (int, float)
#: The kinds of an enumeration's values.
_CHOSEN = (str, type(None))
#: Keywords that restrict no value.
_SAYS_NOTHING = frozenset({"$schema", "$id", "title", "description", "examples", "default", "patternErrorMessage"})
#: Of ``\\uXXXX``, as patterns in JSON have it.
_DIGITS = 4


def is_valid(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether ``value`` certainly matches ``schema``, which has no references."""
    for keyword, argument in schema.items():
        if keyword in _SAYS_NOTHING:
            continue
        check = _CHECKS.get(keyword)
        if check is None or not check(argument, value, schema):
            return False
    return True


def _is_kind(kinds: Any, value: Any, _schema: Any) -> bool:
    # By exact type: a bool is an int to Python, and 8.0 is an integer to JSON Schema.
    return any(type(value) in _KINDS[kind] for kind in ((kinds,) if isinstance(kinds, str) else kinds))


def _has_only(allowed: Any, value: Any, schema: Any) -> bool:
    if type(value) is not dict:
        return True
    known = schema.get("properties", {})
    if allowed is False:
        return all(key in known for key in value)
    return all(is_valid(allowed, item) for key, item in value.items() if key not in known)


def _on(kinds: tuple[type, ...], check: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Any], bool]:
    return lambda argument, value, _schema: type(value) not in kinds or check(argument, value)


@cache
def _find_search(pattern: str, *, plain: bool) -> Callable[[str], object]:
    return re.compile(drop_wide(pattern) if plain else pattern).search


def drop_wide(pattern: str) -> str:
    r"""A pattern without the ``\uXXXX`` and ranges of them in its classes: the same to a text of ASCII alone.

    Their compilation takes milliseconds, and nearly no text has any. The schemas have none elsewhere.
    """
    head, *rest = pattern.split("\\u")
    return head + "".join(part[_DIGITS:] for part in rest if part[_DIGITS:] != "-")


_CHECKS: dict[str, Callable[[Any, Any, Any], bool]] = {
    "type": _is_kind,
    "enum": lambda choices, value, _: type(value) in _CHOSEN and value in choices,
    "const": lambda only, value, _: type(value) is type(only) and value == only,
    "required": _on((dict,), lambda names, value: all(name in value for name in names)),
    "properties": _on(
        (dict,),
        lambda parts, value: all(is_valid(part, value[name]) for name, part in parts.items() if name in value),
    ),
    "additionalProperties": _has_only,
    "propertyNames": _on((dict,), lambda names, value: all(is_valid(names, name) for name in value)),
    "items": _on((list,), lambda item, value: all(is_valid(item, each) for each in value)),
    "pattern": _on((str,), lambda pattern, value: _find_search(pattern, plain=value.isascii())(value) is not None),
    "minLength": _on((str,), lambda least, value: len(value) >= least),
    "maxLength": _on((str,), lambda most, value: len(value) <= most),
    "minItems": _on((list,), lambda least, value: len(value) >= least),
    "maxItems": _on((list,), lambda most, value: len(value) <= most),
    "maxProperties": _on((dict,), lambda most, value: len(value) <= most),
    "minimum": _on(_NUMBERS, lambda least, value: value >= least),
    "maximum": _on(_NUMBERS, lambda most, value: value <= most),
    "exclusiveMinimum": _on(_NUMBERS, lambda bound, value: value > bound),
}
