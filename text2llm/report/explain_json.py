"""An explanation as JSON; schema: ``outputs/explain.schema.json``."""

from __future__ import annotations

from typing import Any

from text2llm.explain.explanation import Explanation, Part, Step
from text2llm.report.diff_json import location_json


def explain_json(found: Explanation) -> dict[str, Any]:
    """The explanation as plain data."""
    return {"kind": found.kind.value, "subject": found.subject, "parts": [_part(part) for part in found.parts]}


def _part(part: Part) -> dict[str, Any]:
    return {"name": part.name, "value": part.value, "steps": [_step(step) for step in part.steps], "hint": part.hint}


def _step(step: Step) -> dict[str, Any]:
    return {
        "text": step.text,
        "source": step.source.value,
        "location": location_json(step.place),
        "name": step.name,
    }
