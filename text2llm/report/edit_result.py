"""What an editing command says: the diff, each change's meaning, and whether it was written."""

from __future__ import annotations

from typing import Any

from text2llm.edit.change import Action, Change
from text2llm.leaks.key_formats import mask_secrets
from text2llm.plan.meaning import describe_plan
from text2llm.plan.plan import Plan
from text2llm.report.sanitise import clean_line
from text2llm.report.style import Style
from text2llm.report.text_diff import colour_diff, plan_diff


def edit_text(plan: Plan, style: Style) -> str:
    """The diff and a line for each change; "no changes" when there is nothing to do."""
    if plan.is_empty:
        return "no changes\n"
    meaning = "".join(f"{clean_line(mask_secrets(line))}\n" for line in describe_plan(plan))
    return colour_diff(plan_diff(plan), style) + meaning


def edit_document(plan: Plan, *, applied: bool) -> dict[str, Any]:
    """The result of an edit as data, valid against ``schemas/outputs/edit.schema.json``."""
    return {
        "path": plan.after.path,
        "applied": applied,
        "changes": [
            {**change_document(change), "meaning": mask_secrets(meaning)}
            for change, meaning in zip(plan.changes, describe_plan(plan), strict=True)
        ],
        "diff": plan_diff(plan),
        "warnings": [
            {"rule": note.rule, "message": mask_secrets(note.message), "hint": note.hint and mask_secrets(note.hint)}
            for note in plan.notes
        ],
    }


def change_document(change: Change) -> dict[str, Any]:
    """A change as data, secrets masked; a removal has no value."""
    document: dict[str, Any] = {"action": change.action.value, "pointer": list(map(_mask, change.pointer))}
    return document if change.action is Action.REMOVE else {**document, "value": _mask(change.value)}


def _mask(value: Any) -> Any:
    if isinstance(value, dict):
        return {mask_secrets(key): _mask(item) for key, item in value.items()}
    if isinstance(value, list):
        return list(map(_mask, value))
    return mask_secrets(value) if isinstance(value, str) else value
