"""A failure as people and programs read it."""

from __future__ import annotations

from text2llm.errors import Text2llmError
from text2llm.report.sanitise import clean_line, json_text, location_json


def failure_text(error: Text2llmError) -> str:
    """The fact, with its place when there is one, then ``hint:`` with how to fix it."""
    place = f"{error.location}: " if error.location else ""
    lines = [f"error: {clean_line(place + error.message)}"]
    if error.hint:
        lines.append(f"hint: {clean_line(error.hint)}")
    return "\n".join(lines) + "\n"


def failure_json(error: Text2llmError) -> str:
    """``{"error": {code, message, hint, location}}``, valid against ``schemas/outputs/error.schema.json``."""
    location = error.location
    body = {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "location": location and location_json(location),
    }
    return json_text({"error": body}) + "\n"
