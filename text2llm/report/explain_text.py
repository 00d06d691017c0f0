"""An explanation for people: each value, and below it the steps that led there."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.explain.explanation import Explanation, Part, Source, Step
from text2llm.report.sanitise import clean_line
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
    if step.source is Source.FILE:
        name = "" if step.name is None else f", variable {step.name}"
        return f"[{step.place}{name}]"
    if step.source in (Source.ENVIRONMENT, Source.OPTION):
        return f"[{step.source.value} {step.name}]"
    return f"[{step.source.value}]" if step.name is None else f"[{step.source.value}: {step.name}]"
