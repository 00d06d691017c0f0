"""Scalars: plain ones by the YAML 1.2 core schema, as a table; and durations.

Source: YAML 1.2.2, section 10.3.2 (core schema, tag resolution). Dates, ``yes``/``no`` and sexagesimal numbers of
YAML 1.1 are strings.
"""

from __future__ import annotations

import math
import re

#: More digits than any key needs, and far below what makes int() slow or refuse.
MAX_DIGITS = 64

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# Compiled by `re` when first used: most files have no number but their version.
_INTEGER = r"[-+]?[0-9]+"
_BASED = {"0o": (r"0o[0-7]+", 8), "0x": (r"0x[0-9a-fA-F]+", 16)}
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
_NOT_FINITE = r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_SINGLE_DIGITS = frozenset("0123456789")
_NUMBER_STARTS = frozenset("+-.0123456789")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class UnusableNumberError(ValueError):
    """A number that is not finite, or has more digits than :data:`MAX_DIGITS`."""


def resolve_plain(text: str) -> str | int | float | bool | None:
    """The value of a plain scalar.

    Raises:
        UnusableNumberError: it is a number that no key accepts.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text in _SINGLE_DIGITS:
        return int(text)
    return _resolve_number(text) if text[0] in _NUMBER_STARTS else text


def _resolve_number(text: str) -> str | int | float:
    if re.fullmatch(_NOT_FINITE, text):
        raise UnusableNumberError("a number that is not finite")
    pattern, base = _BASED.get(text[:2], (_INTEGER, 10))
    is_integer = re.fullmatch(pattern, text) is not None
    if not is_integer and not re.fullmatch(_FLOAT, text):
        return text
    if len(text) > MAX_DIGITS:
        raise UnusableNumberError(f"a number of more than {MAX_DIGITS} digits")
    if is_integer:
        return int(text, base)
    number = float(text)
    if math.isinf(number):
        raise UnusableNumberError("a number that is not finite")
    return number


def is_duration(text: object) -> bool:
    """Whether a text is a number with a unit, such as ``8s``, ``24h``, ``30d``."""
    return isinstance(text, str) and re.fullmatch(r"[0-9]{1,9}(?:ms|[smhd])", text) is not None


def is_date(text: str) -> bool:
    """Whether a text is a day of the calendar as ``YYYY-MM-DD``."""
    from datetime import date

    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:  # fromisoformat takes other forms too
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def parse_duration(value: str | int) -> int:
    """A duration in milliseconds; ``value`` has passed the schema."""
    if isinstance(value, int):
        return value
    number = value.rstrip("msdh")
    return int(number) * _MILLISECONDS[value[len(number) :]]
