"""Limits and their usage, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from text2llm.report.rows import Paint, Piece, format_span
from text2llm.report.sanitize import pick, without_none
from text2llm.report.style import Style

if TYPE_CHECKING:
    from text2llm.usage.parse import UsageSnapshot, UsageWindow

#: In percent of a limit.
NEARLY_USED = 80
_USED_UP = 100


def usage_pieces(snapshot: UsageSnapshot, style: Style) -> Iterator[Piece]:
    if snapshot.error is not None:
        yield Piece(f"usage: not known ({snapshot.error})", style.quiet)
        return
    limits = [Piece(_describe(window, snapshot.taken_at), _paint(window, style)) for window in snapshot.windows]
    limits += [] if snapshot.plan is None else [Piece(f"plan {snapshot.plan}")]
    first, *others = limits or [Piece("no limit reported")]
    yield Piece(f"usage: {first.text}", first.paint)
    yield from others


def _describe(window: UsageWindow, now: int) -> str:
    ends = window.resets_at
    reset = "" if ends is None or ends <= now else f" (resets in {format_span(ends - now)})"
    return f"{window.label} {window.used:.0f} %{reset}"


def _paint(window: UsageWindow, style: Style) -> Paint:
    return style.good if window.used < NEARLY_USED else style.warn if window.used < _USED_UP else style.bad


def usage_json(snapshot: UsageSnapshot) -> dict[str, Any]:
    return {
        **pick(snapshot, "provider", "label", "taken_at"),
        "windows": [window_json(window) for window in snapshot.windows],
        **without_none(pick(snapshot, "plan", "error")),
    }


def window_json(window: UsageWindow) -> dict[str, Any]:
    resets = without_none(pick(window, "resets_at"))
    return {"label": window.label, "usedPercent": round(window.used, 2), **resets}
