"""What the value of a parameter can be. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_DURATION = re.compile(r"[1-9][0-9]{0,8}(?:ms|s|m|h|d)")


@dataclass(frozen=True, slots=True)
class ValueRule:
    """What a value can be: ``text`` says it, ``fits`` decides it. A misspelled one of ``choices`` is recognized."""

    text: str
    fits: Callable[[Any], bool]
    choices: tuple[str, ...] = ()


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(least: float, most: float) -> ValueRule:
    return ValueRule(f"a number from {least:g} to {most:g}", lambda value: is_number(value) and least <= value <= most)


def integer(least: int | None = None) -> ValueRule:
    text = "an integer" if least is None else f"an integer of at least {least}"
    return ValueRule(text, lambda value: type(value) is int and (least is None or value >= least))


def one_of(*choices: str) -> ValueRule:
    """One of these words, in any case."""
    text = f"one of {', '.join(choices)}"
    return ValueRule(text, lambda value: isinstance(value, str) and value.lower() in choices, choices)


def word(*choices: str) -> ValueRule:
    """A word; it may be one of ``choices``, or one that is not known here."""
    return ValueRule("a word", lambda value: isinstance(value, str) and bool(value.strip()), choices)


def either(*rules: ValueRule) -> ValueRule:
    text = ", or ".join(rule.text for rule in rules)
    choices = tuple(choice for rule in rules for choice in rule.choices)
    return ValueRule(text, lambda value: any(rule.fits(value) for rule in rules), choices)


ANYTHING = ValueRule("anything", lambda _value: True)
FLAG = ValueRule("true or false", lambda value: isinstance(value, bool))
MAP = ValueRule("a map", lambda value: isinstance(value, dict))
LIST = ValueRule("a list", lambda value: isinstance(value, list))
TEXTS = ValueRule(
    "a text, or a list of texts",
    lambda value: (isinstance(value, str) and bool(value)) or (isinstance(value, list) and all(map(_is_text, value))),
)
DURATION = ValueRule(
    "a duration, such as 60s, or a number of milliseconds",
    lambda value: (
        (isinstance(value, str) and _DURATION.fullmatch(value) is not None) or (type(value) is int and value > 0)
    ),
)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
