"""One edit of one file of a configuration, as it is shown, saved and applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from text2llm.config.document import Document
from text2llm.config.model import Config
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.edit.change import DataChange
from text2llm.edit.file_change import FileChange
from text2llm.edit.yaml.verify import edit_document
from text2llm.errors import EditError, Text2llmError
from text2llm.plan.checks import Checks, new_warnings, place_before
from text2llm.plan.edits import Edit, EditOutcome
from text2llm.plan.environments import check_others, explain_only_there, refuse_known_only_there
from text2llm.plan.layered import Layered
from text2llm.plan.meaning import is_respelling
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import Evidence, find_literals


@dataclass(frozen=True, slots=True, eq=False)
class Plan(FileChange):
    """An edit of one file of a configuration.

    ``depends_on`` are all the files that the plan was computed from, the changed one included; ``root`` is the path of
    the configuration. ``environment`` is the one whose file is changed; ``others`` has the configuration before and
    after under each of its environments, if the file is none of theirs.
    """

    config_before: Config
    config_after: Config
    depends_on: tuple[Document, ...]
    root: str
    environment: str | None = None
    others: Mapping[str, tuple[Config, Config]] = field(default_factory=dict)


def make_plan(layered: Layered, edit: Edit, checks: Checks, *, strict: bool = False) -> Plan:
    """Compute what an edit does to a configuration; what keeps its meaning is left as it is written.

    Its notes are new warnings.

    Raises:
        InvalidConfigError: the configuration does not pass the schema.
        EditError: the edit cannot be made, or adds an error, with ``strict`` also a warning.
    """
    config = layered.load().require()
    try:
        outcome = edit(checks.read(config))
    except Text2llmError as error:
        raise explain_only_there(layered, edit, checks, error) from error
    refuse_known_only_there(layered, edit, checks, outcome)
    changes = tuple(change for change in outcome.changes if not is_respelling(config.data, change))
    if layered.chosen is not None and changes:
        changes, notes = layered.say_changes(config, changes)
        outcome = replace(outcome, notes=(*outcome.notes, *notes))
    plan = plan_changes(layered, replace(outcome, changes=changes), checks)
    doubts = [note for note in plan.notes if note.severity is not Severity.INFO]
    if strict and doubts:
        raise EditError(doubts[0].message, hint=doubts[0].hint)
    return plan


def plan_changes(layered: Layered, outcome: EditOutcome, checks: Checks) -> Plan:
    """Compute what given changes of one file do, those of the file of the environment that is chosen.

    See :func:`make_plan`.
    """
    config = layered.load().require()
    if not outcome.changes:
        return no_changes(layered, outcome.notes)
    if layered.chosen is not None:
        before, start, inner = layered.layer, layered.begin(), list(outcome.changes)
    else:
        before, inner = _owning_document(config, outcome.changes)
        start = before
    after = edit_document(start, inner)
    _refuse_new_literals(before, after, checks.forms)
    result = layered.replace(before, after)
    edited = result.load()
    if edited.config is None:
        first = next(place_before(edited.findings, before, after))
        raise EditError(f"this edit would break the file: {first.message}", hint=first.hint, location=first.location)
    notes = list(outcome.notes)
    if layered.chosen is not None or not config.abstract:
        found = list(place_before(checks.rules(edited.config), before, after))
        notes += new_warnings(checks.rules(config), found, outcome)
    others: Mapping[str, tuple[Config, Config]] = {}
    if layered.chosen is None and layered.environments:
        others, more = check_others(layered, result, replace(outcome, notes=tuple(notes)), checks, (before, after))
        notes += more
    return Plan(
        before,
        after,
        outcome.changes,
        tuple(notes),
        config,
        edited.config,
        layered.documents,
        layered.base.document.path,
        layered.chosen,
        others,
    )


def no_changes(layered: Layered, notes: tuple[Diagnostic, ...] = ()) -> Plan:
    document, config = layered.layer if layered.chosen else layered.base.document, layered.load().require()
    root = layered.base.document.path
    return Plan(document, document, (), notes, config, config, layered.documents, root, layered.chosen)


def _owning_document(config: Config, changes: tuple[DataChange, ...]) -> tuple[Document, list[DataChange]]:
    owned = [(config.owner(change.pointer), change) for change in changes]
    document = owned[0][0][0]
    for (other, _pointer), _change in owned:
        if other is not document:
            raise EditError(
                f"this touches two files, {document.path} and {other.path}; one edit changes one file",
                hint="make the changes in two steps",
            )
    return document, [replace(change, pointer=pointer) for (_document, pointer), change in owned]


def _refuse_new_literals(before: Document, after: Document, forms: Forms) -> None:
    """Refuse a new credential in the text, so that none is written or saved in a plan; the rules report old ones."""
    known = Counter(before.text[literal.start : literal.end] for literal in find_literals(before, forms))
    for literal in find_literals(after, forms):
        text = after.text[literal.start : literal.end]
        known[text] -= 1
        if known[text] < 0 and literal.evidence is not Evidence.PARTIAL:
            message = "this edit would write a credential into the configuration, so nothing was changed"
            hint = "write a reference instead, ${NAME}, and set that variable where text2llm runs"
            finding = Diagnostic("secret-in-config", Severity.ERROR, message, after.place(literal.start), hint)
            (placed,) = place_before([finding], before, after)
            raise EditError(message, hint=hint, location=placed.location)
