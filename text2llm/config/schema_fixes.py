"""Fixes of what the schema rejects, if it can have been meant in one way only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from text2llm.config.nodes import Pointer
from text2llm.fix import Fix, FixStep, write_name

#: Longer texts are no name, so not an item that lacks the brackets of its list.
_LONGEST_ITEM = 100


def fix_spelling(place: Pointer, near: Sequence[str], *, key: bool = False) -> Fix | None:
    """Write the only name that a misspelled one is like. A value says more than a key, so it needs the rule's name."""
    return write_name(place, near[0], key=key, safe=key) if len(near) == 1 else None


def fix_type(error: Any) -> Fix | None:
    """Write a value as what it has to be, if its text says the same."""
    path, value, wanted = tuple(error.path), error.instance, error.validator_value
    if not isinstance(value, str):
        return None
    kinds = wanted if isinstance(wanted, list) else [wanted]
    if error.validator == "const" and not isinstance(wanted, str) and value == str(wanted):
        return Fix("write it without quotes", (FixStep("set", path, wanted),), safe=True)
    if error.validator == "type" and "integer" in kinds and value.isdecimal() and value == str(int(value)):
        return Fix("write the number without quotes", (FixStep("set", path, int(value)),), safe=True)
    if error.validator == "type" and "array" in kinds and value.isprintable() and _is_one_name(value):
        return Fix("write it as a list", (FixStep("set", path, (value,)),))
    return None


def _is_one_name(value: str) -> bool:
    return 0 < len(value) <= _LONGEST_ITEM and not any(mark in value for mark in ", ;[]{}\"'")
