"""An edit of any file: the diff, its changes of meaning, and whether it was written; and fixes of findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from text2llm.config.document import Document
from text2llm.diagnostics import Diagnostic
from text2llm.diff.change import Change
from text2llm.edit.change import Action, DataChange
from text2llm.edit.file_change import FileChange
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import redact_document
from text2llm.report.diff import change_json, change_lines
from text2llm.report.rows import plural
from text2llm.report.sanitize import clean_line, location_json, pick
from text2llm.report.style import Style

if TYPE_CHECKING:
    from text2llm.commands.fix import Fixed

#: Unchanged lines around a change in a diff.
_CONTEXT = 3


def edit_text(change: FileChange, meaning: Iterable[Change], style: Style, width: int | None = None) -> str:
    """The diff and what it means, in lines of ``width`` columns; "no changes" when there is nothing to do."""
    if change.is_empty:
        return "no changes\n"
    lines = (line for each in meaning for line in change_lines(each, style, width, placed=False))
    return color_diff(document_diff(change.before, change.after), style) + "".join(f"{line}\n" for line in lines)


def edit_json(change: FileChange, meaning: Iterable[Change], *, applied: bool) -> dict[str, Any]:
    """The result of an edit as data, valid against ``schemas/outputs/edit.schema.json``."""
    return {
        "path": change.path,
        "applied": applied,
        "changes": list(map(_change_json, change.changes)),
        "meaning": list(map(change_json, meaning)),
        "diff": document_diff(change.before, change.after),
        "warnings": [pick(note, "rule", "message", "hint") for note in change.notes],
    }


def _change_json(change: DataChange) -> dict[str, Any]:
    document = pick(change, "action", "pointer")
    return document if change.action is Action.REMOVE else {**document, "value": change.value}


def document_diff(before: Document, after: Document) -> str:
    """The unified diff of a file, secrets masked before anything is cut; empty without a change.

    Line endings are not shown; a missing final one is.
    """
    import difflib

    if before.text == after.text:
        return ""
    forms = Forms()
    old, new = (_marked(redact_document(document, forms).split("\n")) for document in (before, after))
    path = after.path
    return "".join(map(_diff_line, difflib.unified_diff(old, new, path, path, lineterm="", n=_CONTEXT)))


def _marked(lines: list[str]) -> list[str]:
    """The lines of a text, the last one marked if it has no line end."""
    *whole, last = lines
    return whole if last == "" else [*whole, last + "\n\\ no newline at end of file"]


def _diff_line(line: str) -> str:
    text, _, note = line.partition("\n")
    return clean_line(text.removesuffix("\r")) + "\n" + (f"{note}\n" if note else "")


def color_diff(diff: str, style: Style) -> str:
    return "".join(_paint(line, style) for line in diff.splitlines(keepends=True))


def _paint(line: str, style: Style) -> str:
    body = line.rstrip("\n")
    if body.startswith(("---", "+++")):
        return style.title(body) + "\n"
    paint = {"-": style.bad, "+": style.good, "@": style.quiet}.get(body[:1])
    return (paint(body) if paint else body) + "\n"


def diff_text(changes: Sequence[FileChange], style: Style) -> str:
    return "".join(color_diff(document_diff(change.before, change.after), style) for change in changes)


def fixed_text(fixed: Fixed, *, written: bool) -> str:
    """A line for all fixes that were made, and one for each that was not."""
    lines = []
    for finding, reason in fixed.refused:
        lines.append(f"not fixed: {finding.location}: {finding.rule}: {reason}")
    if fixed.made:
        done = "fixed" if written else "would fix"
        lines.append(f"{done} {plural(len(fixed.made), 'finding')} in {plural(len(fixed.changes), 'file')}")
    return "".join(f"{clean_line(line)}\n" for line in lines or ["nothing to fix"])


def fixed_json(fixed: Fixed, *, written: bool) -> dict[str, Any]:
    return {
        "applied": written and bool(fixed.changes),
        "made": [_finding_json(each) for each in fixed.made],
        "refused": [{**_finding_json(each), "reason": reason} for each, reason in fixed.refused],
        "files": [{"path": each.path, "diff": document_diff(each.before, each.after)} for each in fixed.changes],
    }


def _finding_json(finding: Diagnostic) -> dict[str, Any]:
    title = None if finding.fix is None else finding.fix.title
    return {**location_json(finding.location), **pick(finding, "rule"), "title": title}
