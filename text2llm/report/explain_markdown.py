"""An explanation in Markdown; nothing in it that a repository wrote can act."""

from __future__ import annotations

from text2llm.explain.explanation import Explanation, Part
from text2llm.report.explain_text import NOT_SET, headline, source_text
from text2llm.report.markdown import escape_text


def explain_markdown(found: Explanation) -> str:
    """The document, with a final newline."""
    lines = [f"### {escape_text(headline(found))}", "", "| | value | why |", "|---|---|---|"]
    return "\n".join((*lines, *map(_row, found.parts), ""))


def _row(part: Part) -> str:
    steps = [f"{step.text} {source_text(step)}" for step in part.steps]
    cells = (part.name, part.value or NOT_SET, "; ".join(steps + ([f"hint: {part.hint}"] if part.hint else [])))
    return f"| {' | '.join(map(escape_text, cells))} |"
