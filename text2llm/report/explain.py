"""An explanation, in every format: each value, and the steps that led there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text2llm.explain.explanation import Explanation, Part, Step, StepSource
from text2llm.report.markdown import render_markdown
from text2llm.report.sanitise import clean_line, location_json
from text2llm.report.style import Style

NOT_SET = "not set"


def explain_text(found: Explanation, style: Style) -> str:
    """The explanation, with a final newline."""
    lines = [style.title(clean_line(headline(found)))]
    for part in found.parts:
        lines += _describe(part, style)
    return "".join(f"{line}\n" for line in lines)


def headline(found: Explanation) -> str:
    """What was asked about."""
    return f"{found.kind.value} {found.subject}"


def _describe(part: Part, style: Style) -> Iterator[str]:
    value = style.warn(NOT_SET) if part.value is None else style.name(clean_line(part.value))
    yield f"{clean_line(part.name)}: {value}"
    for step in part.steps:
        yield f"  {clean_line(step.text)}  {style.quiet(clean_line(source_text(step)))}"
    if part.hint is not None:
        yield f"  hint: {clean_line(part.hint)}"


def source_text(step: Step) -> str:
    """What decided a step: ``text2llm.yaml:4:7``, a variable, or that nobody did."""
    if step.source is StepSource.FILE:
        name = "" if step.name is None else f", variable {step.name}"
        return f"[{step.place}{name}]"
    if step.source in (StepSource.ENVIRONMENT, StepSource.OPTION):
        return f"[{step.source.value} {step.name}]"
    return f"[{step.source.value}]" if step.name is None else f"[{step.source.value}: {step.name}]"


def explain_json(found: Explanation) -> dict[str, Any]:
    """The explanation as plain data."""
    return {"kind": found.kind.value, "subject": found.subject, "parts": [_part(part) for part in found.parts]}


def _part(part: Part) -> dict[str, Any]:
    return {"name": part.name, "value": part.value, "steps": [_step(step) for step in part.steps], "hint": part.hint}


def _step(step: Step) -> dict[str, Any]:
    return {
        "text": step.text,
        "source": step.source.value,
        "location": step.place and location_json(step.place),
        "name": step.name,
    }


def explain_markdown(found: Explanation) -> str:
    """A document with a row for each value."""
    return render_markdown("explain", headline=headline(found), rows=list(map(_row, found.parts)))


def _row(part: Part) -> tuple[str, str, str]:
    steps = [f"{step.text} {source_text(step)}" for step in part.steps]
    return part.name, part.value or NOT_SET, "; ".join(steps + ([f"hint: {part.hint}"] if part.hint else []))
