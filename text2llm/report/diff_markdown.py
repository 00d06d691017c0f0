"""Changes of meaning in Markdown, for a comment on a pull request; nothing in it that a repository wrote can act."""

from __future__ import annotations

from text2llm.diff.change import Change, Comparison, Level
from text2llm.report.diff_text import NO_CHANGE, agents_text, fact_text, headline, places_text, summary
from text2llm.report.markdown import escape_text

_ICONS = {Level.DANGER: "⛔ danger", Level.WARNING: "⚠️ warning", Level.CHANGE: "change"}
#: A longer comment is read by nobody, and code hosts take no more than 65,536 characters.
_MOST_ROWS = 100


def diff_markdown(found: Comparison) -> str:
    """The document, with a final newline."""
    lines = ["### text2llm: what this change means", "", escape_text(headline(found)), ""]
    if not found.changes:
        return "\n".join((*lines, f"{NO_CHANGE.capitalize()}.", ""))
    lines += [f"{summary(found.changes)}", "", "| | change | what follows | where |", "|---|---|---|---|"]
    lines += map(_row, found.changes[:_MOST_ROWS])
    if len(found.changes) > _MOST_ROWS:
        lines += ["", f"and {len(found.changes) - _MOST_ROWS} more: run `text2llm diff`"]
    return "\n".join((*lines, ""))


def _row(change: Change) -> str:
    follows = "; ".join((*map(fact_text, change.facts), *agents_text(change)))
    cells = (change.message, follows, *places_text(change))
    texts = [escape_text(cell) for cell in (*cells, "")[:3]]
    return f"| {_ICONS[change.level]} | {' | '.join(texts)} |"
