"""What a key says: ``sandbox-NAME``, or ``sandbox-NAME-SUFFIX`` for one of several accounts, or for a number."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

PREFIX = "sandbox-"
_SHAPE = re.compile(r"[a-z0-9]{1,12}(?:-[a-z0-9]{1,12}){0,3}")
_MOST = 600_000  # ten minutes in milliseconds: no parameter means more than that

#: Names that earlier releases gave to behaviours.
_RENAMED = {"error200": "error-200", "wrong-model": "other-model"}


class Role(NamedTuple):
    """A behaviour that a key names, and its number, such as the milliseconds of ``sandbox-slow-500``."""

    name: str
    number: int | None = None


def parse_role(text: str, names: Container[str]) -> Role | None:
    """What ``limited``, ``slow-500`` or ``ok-team1`` means; ``None`` when no behaviour has that name."""
    if not _SHAPE.fullmatch(text):
        return None
    if (whole := _RENAMED.get(text, text)) in names:
        return Role(whole)
    name, _, suffix = text.rpartition("-")
    name = _RENAMED.get(name, name)
    if name not in names:
        return None
    return Role(name, min(int(suffix), _MOST) if suffix.isdecimal() else None)


def parse_key(key: str, names: Container[str]) -> Role | None:
    """What a key plays; ``None`` for one that is not the sandbox's."""
    return parse_role(key.removeprefix(PREFIX), names) if key.startswith(PREFIX) else None
