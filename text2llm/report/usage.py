"""Limits and how much of them is used: for people in a few words, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from text2llm.report.rows import Paint, Piece, format_span
from text2llm.report.style import Style

if TYPE_CHECKING:
    from text2llm.usage.parse import UsageSnapshot, UsageWindow

#: From this share on, in percent, a limit is about to matter; at the whole of it, it does.
NEARLY_USED = 80
_USED_UP = 100


def usage_pieces(snapshot: UsageSnapshot, style: Style) -> Iterator[Piece]:
    """The pieces of a line about the usage of one credential."""
    if snapshot.error is not None:
        yield Piece(f"usage: not known ({snapshot.error})", style.quiet)
        return
    told = [Piece(_describe(window, snapshot.taken_at), _paint(window, style)) for window in snapshot.windows]
    told += [] if snapshot.plan is None else [Piece(f"plan {snapshot.plan}")]
    first, *others = told or [Piece("no limit told")]
    yield Piece(f"usage: {first.text}", first.paint)
    yield from others


def _describe(window: UsageWindow, now: int) -> str:
    """A window in words; one whose end has passed tells none."""
    ends = window.resets_at
    reset = "" if ends is None or ends <= now else f" (resets in {format_span(ends - now)})"
    return f"{window.label} {window.used:.0f} %{reset}"


def _paint(window: UsageWindow, style: Style) -> Paint:
    return style.good if window.used < NEARLY_USED else style.warn if window.used < _USED_UP else style.bad


def usage_json(snapshot: UsageSnapshot) -> dict[str, Any]:
    """A snapshot as plain data."""
    optional = {"plan": snapshot.plan, "error": snapshot.error}
    return {
        "provider": snapshot.provider,
        "label": snapshot.label,
        "takenAt": snapshot.taken_at,
        "windows": [window_json(window) for window in snapshot.windows],
        **{key: value for key, value in optional.items() if value is not None},
    }


def window_json(window: UsageWindow) -> dict[str, Any]:
    """One limit as plain data."""
    resets = {} if window.resets_at is None else {"resetsAt": window.resets_at}
    return {"label": window.label, "usedPercent": round(window.used, 2), **resets}
