"""UsageSnapshot: what a provider says is left of a credential's plan."""

from __future__ import annotations

from typing import NamedTuple


class UsageWindow(NamedTuple):
    """One limit. ``used`` is in percent, ``resets_at`` in milliseconds since the epoch, ``None`` where not told."""

    label: str
    used: float
    resets_at: int | None = None


class UsageSnapshot(NamedTuple):
    """The limits of one credential at the moment ``taken_at`` (milliseconds since the epoch).

    ``label`` names the credential. ``error`` says, in our words, why nothing is known; there are no windows then.
    """

    provider: str
    label: str
    taken_at: int
    windows: tuple[UsageWindow, ...] = ()
    plan: str | None = None
    error: str | None = None
