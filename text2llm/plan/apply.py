"""The rim of the edit pipeline: lock, read, plan, show, write. Every edit of a configuration goes through here."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from text2llm.config.load import load_document, load_file, read_bytes
from text2llm.errors import EditError, ReadError, WriteError
from text2llm.plan.edits import Edit
from text2llm.plan.plan import Checks, Plan, make_plan
from text2llm.plan.saved import SavedPlan, parse_plan, recompute_plan
from text2llm.storage.atomic import replace_file, sweep_leftovers
from text2llm.storage.lock import hold_lock

MAX_PLAN_BYTES = 8 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """The configuration to edit: its root file, the checks it must pass, and where its lock lives."""

    path: str
    checks: Checks
    state_dir: str
    on_wait: Callable[[], None] | None = None


def preview_edit(target: Target, edit: Edit, *, strict: bool = False) -> Plan:
    """What an edit would do; nothing is locked or written."""
    plan = make_plan(load_file(target.path), edit, target.checks, strict=strict)
    _check_includes(plan)
    return plan


def _check_includes(plan: Plan) -> None:
    """Where an edit names other agent files, they must be there and fit; the plan knows only those of before."""
    old, new = plan.config_before.data.get("include"), plan.config_after.data.get("include")
    if old != new:
        load_document(plan.after).require()


def run_edit(target: Target, edit: Edit, show: Callable[[Plan], None], *, strict: bool = False) -> Plan:
    """Make an edit: what ``show`` is given is what is written, and the lock is held in between."""
    with hold_lock(target.path, target.state_dir, target.on_wait):
        sweep_leftovers(os.path.realpath(target.path))
        plan = preview_edit(target, edit, strict=strict)
        show(plan)
        _write(plan)
    return plan


def preview_saved(target: Target, saved: SavedPlan) -> Plan | None:
    """A saved plan computed again; ``None`` when it has been applied already."""
    plan = recompute_plan(saved, load_file(target.path), target.checks)
    if plan is not None:
        _check_includes(plan)
    return plan


def run_saved(target: Target, saved: SavedPlan) -> Plan | None:
    """Apply a saved plan, computed again under the lock; ``None`` when there is nothing left to do."""
    with hold_lock(target.path, target.state_dir, target.on_wait):
        sweep_leftovers(os.path.realpath(target.path))
        plan = preview_saved(target, saved)
        if plan is not None:
            _write(plan)
    return plan


def _write(plan: Plan) -> None:
    if plan.is_empty:
        return
    before = plan.before.encode()

    def refuse_changed() -> None:
        # Editors do not take our lock; what they saved in the meantime must not be lost.
        if read_bytes(plan.before.path) != before:
            raise EditError(
                f"{plan.before.path} changed while this edit was made, so nothing was written",
                hint="run the command again",
            )

    replace_file(plan.after.path, plan.after.encode(), still_valid=refuse_changed)


def write_plan_file(path: str, plan: Plan, document: dict[str, Any]) -> None:
    """Write a saved plan.

    Raises:
        WriteError: ``path`` is one of the files that the plan reads, or cannot be written.
    """
    import json

    if any(os.path.realpath(path) == os.path.realpath(used.path) for used in plan.depends_on):
        raise WriteError(f"{path} is the configuration itself", hint="name another file for the plan")
    if not _may_be_replaced(path):
        raise WriteError(f"{path} is there already, and is no saved plan", hint="name another file for the plan")
    replace_file(path, (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode())


def _may_be_replaced(path: str) -> bool:
    """Whether there is nothing at ``path`` yet, nothing in it, or an older plan."""
    import json

    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_PLAN_BYTES)
        data = json.loads(raw) if raw else {"dependsOn": {}}
    except FileNotFoundError:
        return True
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and "dependsOn" in data


def read_plan_file(path: str, check: Callable[[Any], str | None]) -> SavedPlan:
    """Read a saved plan; ``check`` says what is wrong with its data under the plan schema, or ``None``.

    Raises:
        ReadError: it cannot be read, or is no plan of this version.
    """
    import json

    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_PLAN_BYTES + 1)
        data: Any = json.loads(raw) if len(raw) <= MAX_PLAN_BYTES else None
    except OSError as error:
        raise ReadError(f"cannot read {path}: {error.strerror}", hint="check the path") from error
    except (ValueError, RecursionError):
        data = None
    problem = check(data)
    if problem is not None:
        raise ReadError(f"{path} is not a saved plan: {problem}", hint="make one with --out")
    return parse_plan(data)
