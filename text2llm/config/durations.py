"""Durations as people write them: ``8s``, ``24h``, ``30d``, or a number of milliseconds."""

from __future__ import annotations

import re

_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def is_duration(text: object) -> bool:
    """Whether a text is a number with a unit."""
    return isinstance(text, str) and re.fullmatch(r"[0-9]{1,9}(?:ms|[smhd])", text) is not None


def parse_duration(value: str | int) -> int:
    """A duration in milliseconds; ``value`` has passed the schema."""
    if isinstance(value, int):
        return value
    number = value.rstrip("msdh")
    return int(number) * _UNITS[value[len(number) :]]
