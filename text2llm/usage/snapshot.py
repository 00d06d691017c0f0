"""UsageSnapshot: the usage of a credential's limits, as its provider reports it."""

from __future__ import annotations

from typing import NamedTuple


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
