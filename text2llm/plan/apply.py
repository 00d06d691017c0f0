"""The rim of plans: plan edits of the configuration on disk, and read and write saved plans."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from text2llm.config.document import Document
from text2llm.config.environment import MAX_ENVIRONMENTS
from text2llm.config.environment_files import list_environments, open_environment
from text2llm.config.load import load_document, load_file, read_bytes, read_file
from text2llm.config.merge import KeyNames
from text2llm.edit.output import finds_file, is_input, write_output
from text2llm.edit.pipeline import EditedFile
from text2llm.errors import ReadError, WriteError
from text2llm.plan.checks import Checks
from text2llm.plan.edits import Edit
from text2llm.plan.layered import Lay, Layered
from text2llm.plan.plan import Plan, make_plan
from text2llm.plan.saved import SavedPlan, format_plan, parse_plan, recompute_plan
from text2llm.storage.streams import find_input, read_stream

MAX_PLAN_BYTES = 8 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """The root file of the configuration to edit, the checks that it must pass, and how environments are laid over it.

    ``environment`` is the one whose file is edited.
    """

    file: EditedFile
    checks: Checks
    lay: Lay
    names: KeyNames
    environment: str | None = None


def plan_edit(target: Target, edit: Edit, *, strict: bool = False) -> Plan:
    return _check_includes(make_plan(_load(target), edit, target.checks, strict=strict))


def plan_saved(target: Target, saved: SavedPlan) -> Plan:
    """Recompute a saved plan for the configuration as it is now; empty if it has been applied already."""
    return _check_includes(recompute_plan(saved, _load(target), target.checks))


def _load(target: Target) -> Layered:
    """The configuration with the environment to edit, or with all that an edit of the configuration concerns.

    Raises:
        ReadError: a file of the configuration, or that of the environment to edit, cannot be read.
    """
    base, path = load_file(target.file.path), target.file.path
    known = list_environments(path)
    if target.environment is not None:
        layer = {target.environment: open_environment(path, target.environment, known)}
        return Layered(base, layer, target.lay, target.names, target.environment, tuple(known))
    documents = dict[str, Document]()
    for name in list(known)[:MAX_ENVIRONMENTS]:
        with suppress(ReadError):  # `validate` tells; an edit makes it no worse
            documents[name] = read_file(known[name])
    return Layered(base, documents, target.lay, target.names)


def _check_includes(plan: Plan) -> Plan:
    """Load the agent files that an edit includes: the plan knows only those included before."""
    old, new = plan.config_before.data.get("include"), plan.config_after.data.get("include")
    if old != new:
        load_document(plan.after).require()
    return plan


def write_plan_file(path: str, plan: Plan, document: dict[str, Any]) -> None:
    """Write a saved plan.

    Raises:
        WriteError: ``path`` is one of the files that the plan reads, or cannot be written.
    """
    if is_input(path, (used.path for used in plan.depends_on)):
        raise WriteError(f"{path} is the configuration itself", hint="name another file for the plan")
    if finds_file(path) and not _is_plan(path):
        raise WriteError(f"{path} already exists, and is not a saved plan", hint="name another file for the plan")
    write_output(path, format_plan(document).encode())


def _is_plan(path: str) -> bool:
    """Whether a file is a saved plan, or empty."""
    raw = read_bytes(path, MAX_PLAN_BYTES)
    data = _parse_json(raw)
    return not raw or (isinstance(data, dict) and "dependsOn" in data)


def read_plan_file(path: str, check: Callable[[Any], str | None]) -> SavedPlan:
    """Read a saved plan; ``check`` returns what is wrong with its data, or ``None``.

    Raises:
        ReadError: it cannot be read, or is not a plan of this version.
    """
    number = find_input(path)
    data = _parse_json(
        read_bytes(path, MAX_PLAN_BYTES) if number is None else read_stream(path, number, MAX_PLAN_BYTES)
    )
    problem = check(data)
    if problem is not None:
        raise ReadError(f"{path} is not a saved plan: {problem}", hint="make one with --out")
    return parse_plan(data)


def _parse_json(raw: bytes) -> Any:
    """The data of a file, ``None`` if it is too long or not JSON."""
    import json

    try:
        return json.loads(raw) if len(raw) <= MAX_PLAN_BYTES else None
    except (ValueError, RecursionError):
        return None
