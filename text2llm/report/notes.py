"""Warnings of a command, for standard error."""

from __future__ import annotations

from text2llm.diagnostics import Diagnostic
from text2llm.report.sanitise import clean_line


def note_text(note: Diagnostic) -> str:
    """``warning:`` with the fact, and ``hint:`` with how to fix it."""
    hint = f"hint: {clean_line(note.hint)}\n" if note.hint else ""
    return f"{note.severity.value}: {clean_line(note.message)}\n{hint}"
