"""Parsers of usage responses, one per provider. Pure; the descriptors have the source of each shape.

Fields that are missing or of an unexpected type are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple


class UsageWindow(NamedTuple):
    """One limit. ``used`` is in percent, ``resets_at`` in milliseconds since the epoch, ``None`` if unknown."""

    label: str
    used: float
    resets_at: int | None = None


class UsageSnapshot(NamedTuple):
    """The limits of one credential at ``taken_at`` (milliseconds since the epoch).

    ``label`` names the credential. ``error`` is why they are unknown, in our words; there are no windows then.
    """

    provider: str
    label: str
    taken_at: int
    windows: tuple[UsageWindow, ...] = ()
    plan: str | None = None
    error: str | None = None


class Usage(NamedTuple):
    windows: tuple[UsageWindow, ...]
    plan: str | None = None


#: Larger percentages, and later times in milliseconds, are considered invalid.
MAX_PERCENT = 10_000.0
END_OF_TIME = 2**53
_MAX_NUMBER = 2**63
_PLAN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+-]{0,39}")
_HOUR, _DAY, _WEEK = 3600, 86_400, 604_800
#: Z.AI's unit codes: https://docs.z.ai and the sources of its descriptor.
_ZAI_UNITS = {1: "d", 3: "h", 5: "m", 6: "w"}


def parse_usage(provider: str, body: Any) -> Usage | None:
    """The usage in a parsed body; ``None`` if it does not have the shape named after ``provider``."""
    parser = PARSERS.get(provider)
    return None if parser is None or not isinstance(body, dict) else parser(body)


def _parse_anthropic(body: Mapping[str, Any]) -> Usage | None:
    keys = {"five_hour": "5h", "seven_day": "week", "seven_day_sonnet": "week, Sonnet", "seven_day_opus": "week, Opus"}
    if not keys.keys() & body.keys():
        return None
    entries = ((label, _map(body.get(key))) for key, label in keys.items())
    return Usage(
        tuple(_windows((label, each.get("utilization"), read_moment(each.get("resets_at"))) for label, each in entries))
    )


def _parse_openrouter(body: Mapping[str, Any]) -> Usage | None:
    data = _map(body.get("data"))
    limit, left = _number(data.get("limit")), _number(data.get("limit_remaining"))
    if "limit" not in data:
        return None
    used = (limit - left) / limit * 100 if limit and left is not None else None
    return Usage(
        tuple(_windows([("key limit", used, None)])), "free tier" if data.get("is_free_tier") is True else None
    )


def _parse_zai(body: Mapping[str, Any]) -> Usage | None:
    data = _map(body.get("data"))
    limits = data.get("limits")
    if body.get("success") is not True or not isinstance(limits, list):
        return None
    found = _windows(
        (_zai_label(_map(each)), _map(each).get("percentage"), _millis(_map(each).get("nextResetTime")))
        for each in limits[:20]
    )
    return Usage(tuple(found), _plan(data.get("planName") or data.get("plan")))


def _zai_label(limit: Mapping[str, Any]) -> str:
    if limit.get("type") == "TIME_LIMIT":
        return "tools, month"  # its unit and number are one minute, but mean a month
    number, unit = _number(limit.get("number")), limit.get("unit")
    if number is None or unit not in _ZAI_UNITS:
        return "tokens"
    return f"tokens, {number:g}{_ZAI_UNITS[unit]}"


def _parse_codex(body: Mapping[str, Any]) -> Usage | None:
    limits = _map(body.get("rate_limit"))
    entries = [_map(limits.get(key)) for key in ("primary_window", "secondary_window")]
    if not any(entries):
        return None
    found = _windows(
        (_span(each.get("limit_window_seconds")), each.get("used_percent"), _seconds(each.get("reset_at")))
        for each in entries
    )
    return Usage(tuple(found), _plan(body.get("plan_type")))


def _span(seconds: Any) -> str:
    """The name of a window by its length: ``5h``, ``day``, ``week``."""
    number = _number(seconds)
    if number is None or number <= 0:
        return "limit"
    names = {_DAY: "day", _WEEK: "week"}
    return names.get(int(number)) or (f"{number / _DAY:g}d" if number % _DAY == 0 else f"{number / _HOUR:.3g}h")


#: By the provider that first used a shape.
PARSERS: Mapping[str, Callable[[Mapping[str, Any]], Usage | None]] = {
    "anthropic": _parse_anthropic,
    "openrouter": _parse_openrouter,
    "zai": _parse_zai,
    "openai-codex": _parse_codex,
}


def _windows(entries: Any) -> Iterator[UsageWindow]:
    for label, used, resets_at in entries:
        number = _number(used)
        if number is not None and 0 <= number <= MAX_PERCENT:
            yield UsageWindow(label, float(number), resets_at)


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    """A number safe for arithmetic: one of hundreds of digits breaks every division."""
    known = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MAX_NUMBER
    return value if known else None


def _millis(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and 0 < number < END_OF_TIME else None


def _seconds(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else _millis(number * 1000)


def read_moment(value: Any) -> int | None:
    """An RFC 3339 time in milliseconds since the epoch; ``None`` for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else _millis(moment.timestamp() * 1000)


def _plan(value: Any) -> str | None:
    return value if isinstance(value, str) and _PLAN.fullmatch(value) else None
