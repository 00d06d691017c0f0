"""The diff of one edit: what a person sees before it is applied, and what a saved plan shows."""

from __future__ import annotations

from text2llm.config.document import Document
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import redact_document
from text2llm.report.sanitise import clean_line
from text2llm.report.style import Style

CONTEXT = 3


def document_diff(before: Document, after: Document) -> str:
    """The unified diff of a file, secrets masked before anything is cut; empty when there is nothing to do.

    Line endings are not shown; a missing final one is.
    """
    import difflib

    if before.text == after.text:
        return ""
    forms = Forms()
    old, new = (_marked(redact_document(document, forms).split("\n")) for document in (before, after))
    path = after.path
    return "".join(map(_diff_line, difflib.unified_diff(old, new, path, path, lineterm="", n=CONTEXT)))


def _marked(lines: list[str]) -> list[str]:
    """The lines of a text, the last one marked when no terminator ends it."""
    *whole, last = lines
    return whole if last == "" else [*whole, last + "\n\\ no newline at end of file"]


def _diff_line(line: str) -> str:
    text, _, note = line.partition("\n")
    return clean_line(text.removesuffix("\r")) + "\n" + (f"{note}\n" if note else "")


def colour_diff(diff: str, style: Style) -> str:
    """A diff with its added and removed lines in colour."""
    return "".join(_paint(line, style) for line in diff.splitlines(keepends=True))


def _paint(line: str, style: Style) -> str:
    body = line.rstrip("\n")
    if body.startswith(("---", "+++")):
        return style.title(body) + "\n"
    paint = {"-": style.bad, "+": style.good, "@": style.quiet}.get(body[:1])
    return (paint(body) if paint else body) + "\n"
