"""How long to wait before an inconclusive probe is made again. Pure."""

from __future__ import annotations

import re

_FIRST = 0.5
#: A server that wants longer than this would turn a gate into a wait.
LONGEST = 20.0
_SECONDS = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,3})?")


def plan_pause(attempt: int, retry_after: str | None) -> float:
    """The pause in seconds after the attempt of that number: doubling from half a second, or what the server asks for.

    ``retry_after`` is the header as sent; a date in it (RFC 9110, 10.2.3) is not read, since no API sends one.
    """
    asked = float(retry_after) if retry_after is not None and _SECONDS.fullmatch(retry_after.strip()) else 0.0
    return min(max(_FIRST * (1 << (attempt - 1)), asked), LONGEST)
