"""The clock, as an argument for tests."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


def read_wall_clock() -> int:
    """In milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


async def _sleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Clock:
    """``now`` is in milliseconds since the epoch, ``elapsed`` in seconds, monotonic."""

    now: Callable[[], int] = read_wall_clock
    elapsed: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = _sleep


CLOCK = Clock()
