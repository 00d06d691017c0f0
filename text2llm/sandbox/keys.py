"""Keys: ``sandbox-NAME``, or ``sandbox-NAME-SUFFIX``, where the suffix is an account or a number."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

PREFIX = "sandbox-"
_SHAPE = re.compile(r"[a-z0-9]{1,12}(?:-[a-z0-9]{1,12}){0,3}")
_MOST = 600_000  # ten minutes in milliseconds: the maximum of any parameter

#: Names of behaviors in earlier releases.
_RENAMED = {"error200": "error-200", "wrong-model": "other-model"}


class KeyBehavior(NamedTuple):
    """A behavior that a key names, and its number, such as the milliseconds of ``sandbox-slow-500``."""

    name: str
    number: int | None = None


def parse_behavior(text: str, names: Container[str]) -> KeyBehavior | None:
    """The role of ``limited``, ``slow-500`` or ``ok-team1``; ``None`` if no behavior has that name."""
    if not _SHAPE.fullmatch(text):
        return None
    if (whole := _RENAMED.get(text, text)) in names:
        return KeyBehavior(whole)
    name, _, suffix = text.rpartition("-")
    name = _RENAMED.get(name, name)
    if name not in names:
        return None
    return KeyBehavior(name, min(int(suffix), _MOST) if suffix.isdecimal() else None)


def find_behavior(key: str, names: Container[str]) -> KeyBehavior | None:
    return parse_behavior(key.removeprefix(PREFIX), names) if key.startswith(PREFIX) else None
