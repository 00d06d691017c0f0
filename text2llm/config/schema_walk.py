"""jsonschema, fast enough for files of any size that the reader lets through.

jsonschema decides what each keyword means. What it does once per value and we need only once per schema (making the
validator of a subschema) is done once here: a file of 13,000 lines takes a quarter of the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def iter_errors(schema: Mapping[str, Any], data: object) -> Iterator[Any]:
    """What jsonschema has against ``data``; each error's ``path`` leads to the value.

    An unknown key is an error with the validator ``additionalProperties`` and the key as its ``instance``. ``schema``
    has no references, so nothing is ever fetched.
    """
    yield from _Walk().start(schema, data)


class _Walk:
    """One check. The keywords that lead to parts of a value are ours, so that subschemas are prepared once."""

    def __init__(self) -> None:
        self._prepared: dict[int, Any] = {}

    def start(self, schema: Any, data: object) -> Iterator[Any]:
        from jsonschema.validators import Draft202012Validator, extend

        keywords = {
            "properties": self._properties,
            "additionalProperties": self._additional_properties,
            "propertyNames": self._property_names,
            "items": self._items,
        }
        # JSON Schema takes 8.0 for an integer; what reads the configuration wants 8.
        types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
        make: Any = extend  # untyped in the stubs
        yield from make(Draft202012Validator, validators=keywords, type_checker=types)(schema).iter_errors(data)

    def _prepare(self, validator: Any, schema: Any) -> Any:
        # The schema outlives the walk, so its parts keep their identity.
        found = self._prepared.get(id(schema))
        if found is None:
            found = self._prepared[id(schema)] = validator.evolve(schema=schema)
        return found

    def _below(self, validator: Any, schema: Any, children: Iterable[tuple[Any, Any]]) -> Iterator[Any]:
        below = self._prepare(validator, schema)
        for step, value in children:
            for error in below.iter_errors(value):
                error.path.appendleft(step)
                yield error

    def _properties(self, validator: Any, properties: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        if isinstance(instance, dict):
            for key, subschema in properties.items():
                if key in instance:
                    yield from self._below(validator, subschema, ((key, instance[key]),))

    def _additional_properties(self, validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if not isinstance(instance, dict):
            return
        known = schema.get("properties", {})
        extra = [(key, value) for key, value in instance.items() if key not in known]
        if allowed is not False:
            yield from self._below(validator, allowed, extra)
            return
        from jsonschema.exceptions import ValidationError

        for key, _ in extra:
            yield ValidationError("unknown key", instance=key)

    def _property_names(self, validator: Any, names: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        if isinstance(instance, dict):
            below = self._prepare(validator, names)
            for key in instance:
                yield from below.iter_errors(key)

    def _items(self, validator: Any, items: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        if isinstance(instance, list):
            yield from self._below(validator, items, enumerate(instance))
