"""An explanation, in every format: each value and its steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text2llm.explain.explanation import Explanation, Part, Step, StepSource
from text2llm.report.markdown import render_markdown
from text2llm.report.sanitize import clean_line, location_json, pick, without_none
from text2llm.report.style import Style

NOT_SET = "not set"


def explain_text(found: Explanation, style: Style) -> str:
    lines = [style.title(clean_line(_headline(found)))]
    for part in found.parts:
        lines += _describe(part, style)
    return "".join(f"{line}\n" for line in lines)


def _headline(found: Explanation) -> str:
    return f"{found.kind.value} {found.subject}"


def _describe(part: Part, style: Style) -> Iterator[str]:
    value = style.warn(NOT_SET) if part.value is None else style.name(clean_line(part.value))
    yield f"{clean_line(part.name)}: {value}"
    for step in part.steps:
        yield f"  {clean_line(step.text)}  {style.quiet(clean_line(_source_text(step)))}"
    if part.hint is not None:
        yield f"  hint: {clean_line(part.hint)}"


def _source_text(step: Step) -> str:
    """The source of a step: ``text2llm.yaml:4:7``, a variable, or a default."""
    if step.source is StepSource.FILE:
        name = "" if step.name is None else f", variable {step.name}"
        return f"[{step.place}{name}]"
    if step.source in (StepSource.ENVIRONMENT, StepSource.OPTION):
        return f"[{step.source.value} {step.name}]"
    return f"[{step.source.value}]" if step.name is None else f"[{step.source.value}: {step.name}]"


def explain_json(found: Explanation) -> dict[str, Any]:
    environment = without_none(pick(found, "environment"))
    return {**pick(found, "kind", "subject"), **environment, "parts": list(map(_part_json, found.parts))}


def _part_json(part: Part) -> dict[str, Any]:
    steps = [
        {**pick(step, "text", "source"), "location": step.place and location_json(step.place), "name": step.name}
        for step in part.steps
    ]
    return {**pick(part, "name", "value"), "steps": steps, "hint": part.hint}


def explain_markdown(found: Explanation) -> str:
    return render_markdown("explain", headline=_headline(found), rows=list(map(_row, found.parts)))


def _row(part: Part) -> tuple[str, str, str]:
    steps = [f"{step.text} {_source_text(step)}" for step in part.steps]
    return part.name, part.value or NOT_SET, "; ".join(steps + ([f"hint: {part.hint}"] if part.hint else []))
