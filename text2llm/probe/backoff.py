"""How long to wait before an inconclusive probe is made again. Pure."""

from __future__ import annotations

import re

_FIRST = 0.5
#: A server that wants longer than this would turn a gate into a wait.
LONGEST = 20.0
_SECONDS = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,3})?")


def plan_pause(attempt: int, asked: float | None) -> float:
    """The pause in seconds after the attempt of that number: doubling from half a second, or what the server asks."""
    return min(max(_FIRST * (1 << (attempt - 1)), asked or 0.0), LONGEST)


def read_retry_after(header: str | None, now_ms: int) -> float | None:
    """The seconds that a ``Retry-After`` asks for: a number, or the time until a date (RFC 9110, 10.2.3).

    ``None`` for none that can be read. ``now_ms`` is in milliseconds since the epoch.
    """
    text = (header or "").strip()
    if not text or _SECONDS.fullmatch(text):
        return float(text) if text else None
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).timestamp() - now_ms / 1000
    except ValueError:
        return None
