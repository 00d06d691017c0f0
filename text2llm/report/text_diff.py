"""The diff of one edit: what a person sees before it is applied, and what a saved plan shows."""

from __future__ import annotations

from text2llm.plan.plan import Plan
from text2llm.providers.key_formats import mask_secrets
from text2llm.report.sanitise import clean
from text2llm.report.style import Style

CONTEXT = 3


def plan_diff(plan: Plan) -> str:
    """The unified diff of a plan, secrets masked before anything is cut; empty when there is nothing to do."""
    return text_diff(plan.before.path, plan.before.text, plan.after.text)


def text_diff(path: str, before: str, after: str) -> str:
    """A unified diff of two texts of one file. Line endings are not shown; a missing final one is."""
    import difflib

    old, new = (mask_secrets(text).split("\n") for text in (before, after))
    lines = difflib.unified_diff(_marked(old), _marked(new), path, path, lineterm="", n=CONTEXT)
    return "".join(_diff_line(line) for line in lines)


def _marked(lines: list[str]) -> list[str]:
    """The lines of a text, the last one marked when no terminator ends it."""
    *whole, last = lines
    return whole if last == "" else [*whole, last + "\n\\ no newline at end of file"]


def _diff_line(line: str) -> str:
    text, _, note = line.partition("\n")
    return clean(text.removesuffix("\r")) + "\n" + (f"{note}\n" if note else "")


def colour_diff(diff: str, style: Style) -> str:
    """A diff with its added and removed lines in colour."""
    return "".join(_paint(line, style) for line in diff.splitlines(keepends=True))


def _paint(line: str, style: Style) -> str:
    body = line.rstrip("\n")
    if body.startswith(("---", "+++")):
        return style.title(body) + "\n"
    paint = {"-": style.bad, "+": style.good, "@": style.quiet}.get(body[:1])
    return (paint(body) if paint else body) + "\n"
