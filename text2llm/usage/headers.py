"""The limits in the rate-limit headers of a response. Pure; the descriptors have the source of each shape.

The same header has several units: OpenAI's resets are durations, Venice's a time and a number of seconds. A reset is
left out if its provider's unit is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from text2llm.usage.parse import UsageWindow, read_moment

#: Converts a header's value and the time of the response into a time; both in milliseconds since the epoch.
Reset = Callable[[str, int], int | None]

_DURATION = re.compile(
    r"(?:(\d{1,5})h)?(?:(\d{1,5})m(?!s))?(?:(\d{1,7}(?:\.\d{1,9})?)s)?(?:(\d{1,7}(?:\.\d{1,9})?)ms)?"
)
_SECONDS = re.compile(r"\d{1,7}(?:\.\d{1,9})?")
_EPOCH = re.compile(r"\d{10}")
_COUNT = re.compile(r"\d{1,15}")
_MILLISECONDS = (3_600_000, 60_000, 1000, 1)


class _Row(NamedTuple):
    label: str
    limit: str
    remaining: str
    reset: str


def _anthropic(kind: str) -> _Row:
    name = f"anthropic-ratelimit-{kind}"
    return _Row(kind.replace("-", " "), f"{name}-limit", f"{name}-remaining", f"{name}-reset")


def _common(kind: str) -> _Row:
    return _Row(kind, f"x-ratelimit-limit-{kind}", f"x-ratelimit-remaining-{kind}", f"x-ratelimit-reset-{kind}")


def _read_duration(text: str, now: int) -> int | None:
    matched = _DURATION.fullmatch(text) if text else None
    if matched is None:
        return None
    parts = zip(matched.groups(), _MILLISECONDS, strict=True)
    return now + round(sum(float(number) * unit for number, unit in parts if number))


def _read_seconds(text: str, now: int) -> int | None:
    return now + round(float(text) * 1000) if _SECONDS.fullmatch(text) else None


def _read_epoch(text: str, _now: int) -> int | None:
    return int(text) * 1000 if _EPOCH.fullmatch(text) else None


def _read_rfc3339(text: str, _now: int) -> int | None:
    return read_moment(text)


_ANTHROPIC = tuple(_anthropic(kind) for kind in ("requests", "tokens", "input-tokens", "output-tokens"))
_COMMON = (_common("requests"), _common("tokens"))
#: By provider and label, the unit of a reset.
_RESETS: Mapping[tuple[str, str], Reset] = {
    **{("openai", row.label): _read_duration for row in _COMMON},
    **{("anthropic", row.label): _read_rfc3339 for row in _ANTHROPIC},
    ("venice", "requests"): _read_epoch,
    ("venice", "tokens"): _read_seconds,
}


def read_limits(provider: str, headers: Mapping[str, str], now: int) -> tuple[UsageWindow, ...]:
    """The limits in the headers (names in lower case) of a response at ``now``."""
    return tuple(_find(provider, headers, now))


def _find(provider: str, headers: Mapping[str, str], now: int) -> Iterator[UsageWindow]:
    for row in (*_ANTHROPIC, *_COMMON):
        limit, remaining = headers.get(row.limit, ""), headers.get(row.remaining, "")
        if not (_COUNT.fullmatch(limit) and _COUNT.fullmatch(remaining)) or int(limit) == 0:
            continue
        used = max(0.0, (int(limit) - int(remaining)) / int(limit) * 100)
        reset = _RESETS.get((provider, row.label))
        yield UsageWindow(row.label, used, None if reset is None else reset(headers.get(row.reset, ""), now))
