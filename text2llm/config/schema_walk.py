"""jsonschema's errors, with one for each unknown key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def iter_errors(schema: Mapping[str, Any], data: object) -> Iterator[Any]:
    """What jsonschema has against ``data``; each error's ``path`` leads to the value.

    An unknown key is an error with the validator ``additionalProperties`` and the key as its ``instance``. ``schema``
    has no references, so nothing is ever fetched.
    """
    from jsonschema.validators import Draft202012Validator, extend

    # JSON Schema accepts 8.0 as an integer; what reads the configuration needs 8.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    make: Any = extend  # untyped in the stubs
    keywords = {"additionalProperties": _additional_properties}
    yield from make(Draft202012Validator, validators=keywords, type_checker=types)(schema).iter_errors(data)


def _additional_properties(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    known = schema.get("properties", {})
    for key in instance if isinstance(instance, dict) else ():
        if key in known:
            continue
        if allowed is False:
            yield ValidationError("unknown key", instance=key)
        else:
            yield from validator.descend(instance[key], allowed, path=key)
