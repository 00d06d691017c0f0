"""Failures and warnings, as text and JSON."""

from __future__ import annotations

from text2llm.diagnostics import Diagnostic
from text2llm.errors import Text2llmError
from text2llm.report.sanitize import clean_line, json_text, pick


def failure_text(error: Text2llmError) -> str:
    place = f"{error.location}: " if error.location else ""
    lines = [f"error: {clean_line(place + error.message)}"]
    if error.hint:
        lines.append(f"hint: {clean_line(error.hint)}")
    return "\n".join(lines) + "\n"


def failure_json(error: Text2llmError) -> str:
    """``{"error": {code, message, hint, location}}``, valid against ``schemas/outputs/error.schema.json``."""
    return json_text({"error": pick(error, "code", "message", "hint", "location")}) + "\n"


def note_text(note: Diagnostic) -> str:
    hint = f"hint: {clean_line(note.hint)}\n" if note.hint else ""
    return f"{note.severity.value}: {clean_line(note.message)}\n{hint}"
