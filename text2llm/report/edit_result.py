"""What an edit of any file says: the diff, what it means, and whether it was written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from text2llm.diff.change import Change
from text2llm.edit.change import Action, DataChange
from text2llm.edit.file_change import FileChange
from text2llm.report.diff import change_json, change_lines
from text2llm.report.style import Style
from text2llm.report.text_diff import colour_diff, document_diff


def edit_text(change: FileChange, meaning: Iterable[Change], style: Style, width: int | None = None) -> str:
    """The diff and what it means, in lines of ``width`` columns; "no changes" when there is nothing to do."""
    if change.is_empty:
        return "no changes\n"
    lines = (line for each in meaning for line in change_lines(each, style, width, placed=False))
    return colour_diff(document_diff(change.before, change.after), style) + "".join(f"{line}\n" for line in lines)


def edit_json(change: FileChange, meaning: Iterable[Change], *, applied: bool) -> dict[str, Any]:
    """The result of an edit as data, valid against ``schemas/outputs/edit.schema.json``."""
    return {
        "path": change.path,
        "applied": applied,
        "changes": list(map(_change_json, change.changes)),
        "meaning": list(map(change_json, meaning)),
        "diff": document_diff(change.before, change.after),
        "warnings": [{"rule": note.rule, "message": note.message, "hint": note.hint} for note in change.notes],
    }


def _change_json(change: DataChange) -> dict[str, Any]:
    document = {"action": change.action.value, "pointer": list(change.pointer)}
    return document if change.action is Action.REMOVE else {**document, "value": change.value}
