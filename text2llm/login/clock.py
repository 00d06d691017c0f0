"""Time, as an argument: a test passes its own."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


def read_wall_clock() -> int:
    """The time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


async def _sleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Clock:
    """``now`` is in milliseconds since the epoch, ``elapsed`` in seconds since any moment, and never goes back."""

    now: Callable[[], int] = read_wall_clock
    elapsed: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = _sleep


CLOCK = Clock()
