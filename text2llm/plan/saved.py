"""A saved plan as JSON: the edits, the files they were computed from, and the resulting text. Pure."""

from __future__ import annotations

import json
import os.path
import re
from dataclasses import dataclass
from typing import Any

from text2llm import __version__
from text2llm.edit.change import Action, DataChange
from text2llm.errors import EditError, StalePlanError
from text2llm.plan.checks import Checks
from text2llm.plan.edits import EditOutcome
from text2llm.plan.layered import Layered
from text2llm.plan.plan import Plan, no_changes, plan_changes
from text2llm.redaction import Layer, redact

KIND = "text2llm-plan"
VERSION = 2
#: In place of a digest: there is no file.
ABSENT = "absent"
#: What acts inside double quotes in one shell or another, and what ends them; the backslash itself is in neither form.
_ACTIVE = re.compile(r'\\["\\]|[$`!]')


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file that a plan changes. ``before`` is its digest, or :data:`ABSENT`."""

    path: str
    before: str
    result: str


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """Paths are relative to the configuration's directory; digests are SHA-256, in hex.

    ``environment`` is the one whose file is changed; the changes are those of its data.
    """

    environment: str | None
    files: tuple[SavedFile, ...]
    depends_on: dict[str, str]
    changes: tuple[DataChange, ...]
    diff: str
    meaning: tuple[str, ...]


def save_plan(plan: Plan, diff: str, meaning: list[str], *layers: Layer) -> dict[str, Any]:
    """The JSON document of a plan; ``diff`` and ``meaning`` are what was shown, ``layers`` the redaction of streams.

    Raises:
        EditError: a change repeats a credential of the configuration.
    """
    changes: list[dict[str, Any]] = [
        {"action": change.action.value, "pointer": list(change.pointer), "value": change.value}
        for change in plan.changes
    ]
    if redact(changes, *layers) != changes:
        raise EditError(
            "the saved plan would contain a credential of the configuration",
            hint="remove it first: `text2llm validate` shows where it is",
        )
    folder = os.path.dirname(plan.root)
    before = plan.before.digest if plan.before.text else ABSENT
    file = {"path": os.path.relpath(plan.path, folder), "before": before, "result": plan.after.digest}
    return {
        "kind": KIND,
        "version": VERSION,
        "tool": f"text2llm {__version__}",
        "environment": plan.environment,
        "files": [file],
        "dependsOn": {os.path.relpath(document.path, folder): document.digest for document in plan.depends_on},
        "changes": changes,
        "diff": redact(diff, *layers),
        "meaning": redact(meaning, *layers),
    }


def format_plan(document: dict[str, Any]) -> str:
    """The text of a saved plan. If a shell reads it, nothing in it is a command.

    Each line starts with a fixed key, and the rest of it is words: strings in double quotes without ``$``, backquotes,
    quotes and backslashes other than those of escapes, in ASCII, whatever the locale.
    """
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in document.items())
    return _ACTIVE.sub(lambda found: f"\\u{ord(found[0][-1]):04x}", f"{{\n{lines}\n}}\n")


def parse_plan(data: dict[str, Any]) -> SavedPlan:
    """Parse JSON data that passed ``schemas/plan.schema.json``."""
    return SavedPlan(
        environment=data["environment"],
        files=tuple(SavedFile(file["path"], file["before"], file["result"]) for file in data["files"]),
        depends_on=data["dependsOn"],
        changes=tuple(
            DataChange(Action(change["action"]), tuple(change["pointer"]), change["value"])
            for change in data["changes"]
        ),
        diff=data["diff"],
        meaning=tuple(data["meaning"]),
    )


def recompute_plan(saved: SavedPlan, layered: Layered, checks: Checks) -> Plan:
    """Recompute a plan from the current files; empty if it has been applied already.

    Raises:
        StalePlanError: a file that it depends on changed, or it does not produce the saved text.
    """
    folder = os.path.dirname(layered.base.document.path)
    current = {os.path.relpath(document.path, folder): document.digest for document in layered.documents}
    if saved.files and current == {**saved.depends_on, **{file.path: file.result for file in saved.files}}:
        return no_changes(layered)
    _refuse_stale(saved, current)
    try:
        plan = plan_changes(layered, EditOutcome(saved.changes, force=True), checks)
    except (EditError, RecursionError) as error:  # text2llm never nests so deeply
        raise _other_than_shown() from error
    before = plan.before.digest if plan.before.text else ABSENT
    if saved.files != (SavedFile(os.path.relpath(plan.path, folder), before, plan.after.digest),):
        raise _other_than_shown()
    return plan


def _other_than_shown() -> StalePlanError:
    return StalePlanError(
        "the plan no longer produces the edits it shows, so it was not applied",
        hint="make the plan again: it was edited, or made by another version of text2llm",
    )


def _refuse_stale(saved: SavedPlan, current: dict[str, str]) -> None:
    names = sorted(saved.depends_on.keys() | current.keys())
    changed = [name for name in names if saved.depends_on.get(name) != current.get(name)]
    if changed:
        raise StalePlanError(
            f"the plan is stale: {', '.join(changed)} changed since it was made",
            hint="make the plan again, and look at its diff",
        )


def refuse_other_words(saved: SavedPlan, diff: str, meaning: list[str], *layers: Layer) -> None:
    """Refuse a plan file that does not show what applying it does.

    Raises:
        StalePlanError: its diff or its meaning differs.
    """
    if (saved.diff, saved.meaning) != redact((diff, tuple(meaning)), *layers):
        raise _other_than_shown()
