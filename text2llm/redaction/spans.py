"""What every layer hides with: the two masks, and how a text is covered. Apart, since it costs nothing to import."""

from __future__ import annotations

from collections.abc import Iterable

#: In place of what a form or a place gives away, which this process may never have held.
MASK = "[secret]"
#: In place of a value that this process has held.
REDACTED = "[redacted]"


def cover(text: str, spans: Iterable[tuple[int, int]], mask: str) -> str:
    """``text`` with ``mask`` in place of each of ``spans``, which are in order and do not overlap."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], mask]
        at = end
    return "".join((*pieces, text[at:]))


def merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that meet made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
