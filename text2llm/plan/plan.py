"""Plan: one edit of one file, as it is shown, saved and applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from text2llm.auth.reading import Reading
from text2llm.config.document import Document
from text2llm.config.load import Loaded, assemble
from text2llm.config.model import Config
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.edit.change import Change
from text2llm.edit.file_change import FileChange
from text2llm.edit.places import place_before
from text2llm.edit.yaml.verify import edit_document
from text2llm.errors import EditError
from text2llm.plan.edits import Edit, Outcome
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import Ground, find_literals


@dataclass(frozen=True, slots=True, eq=False)
class Plan(FileChange):
    """What an edit does to a configuration: it changes one of its files.

    ``depends_on`` are all the files that the plan was computed from, the changed one included.
    """

    config_before: Config
    config_after: Config
    depends_on: tuple[Document, ...]


#: A bare name that nothing knows becomes a model that nothing knows.
_SAYS_THE_SAME = {"bare-reference": "unknown-model"}

#: What the pipeline needs from outside: the rules' findings, and how names resolve.
RuleCheck: TypeAlias = Callable[[Config], list[Diagnostic]]


@dataclass(frozen=True, slots=True, eq=False)
class Checks:
    """The checks that an edited configuration has to pass."""

    rules: RuleCheck
    read: Callable[[Config], Reading]
    forms: Forms = field(default_factory=Forms)


def make_plan(loaded: Loaded, edit: Edit, checks: Checks, *, strict: bool = False) -> Plan:
    """Compute what an edit does to a loaded configuration. Its notes are the warnings that it brings in.

    Raises:
        InvalidConfigError: the configuration does not pass the schema.
        EditError: the edit cannot be made, or brings in a finding of error severity; with ``strict`` a warning, too.
    """
    config = loaded.require()
    outcome = edit(checks.read(config))
    plan = plan_changes(loaded, outcome, checks)
    if strict and plan.notes:
        first = plan.notes[0]
        raise EditError(first.message, hint=first.hint)
    return plan


def plan_changes(loaded: Loaded, outcome: Outcome, checks: Checks) -> Plan:
    """Compute what given changes do to a loaded configuration; see :func:`make_plan`."""
    config = loaded.require()
    depends_on = (loaded.document, *loaded.included)
    if not outcome.changes:
        return no_changes(loaded, outcome.notes)
    before, inner = _owning_document(config, outcome.changes)
    after = edit_document(before, inner)
    _refuse_new_literals(before, after, checks.forms)
    edited = [after if document is before else document for document in depends_on]
    result = assemble(edited[0], tuple(edited[1:]))
    if result.config is None:
        first = next(place_before(result.findings, before, after))
        raise EditError(f"this edit would break the file: {first.message}", hint=first.hint, location=first.location)
    found = list(place_before(checks.rules(result.config), before, after))
    notes = (*outcome.notes, *_new_warnings(checks.rules(config), found, outcome.notes))
    return Plan(before, after, outcome.changes, notes, config, result.config, depends_on)


def no_changes(loaded: Loaded, notes: tuple[Diagnostic, ...] = ()) -> Plan:
    """The plan that leaves a loaded configuration as it is."""
    document, config = loaded.document, loaded.require()
    return Plan(document, document, (), notes, config, config, (document, *loaded.included))


def _owning_document(config: Config, changes: tuple[Change, ...]) -> tuple[Document, list[Change]]:
    owned = [(config.owner(change.pointer), change) for change in changes]
    document = owned[0][0][0]
    for (other, _pointer), _change in owned:
        if other is not document:
            raise EditError(
                f"this touches two files, {document.path} and {other.path}; one edit changes one file",
                hint="make the changes in two steps",
            )
    return document, [replace(change, pointer=pointer) for (_document, pointer), change in owned]


def _new_warnings(
    before: list[Diagnostic], after: list[Diagnostic], notes: tuple[Diagnostic, ...]
) -> Iterator[Diagnostic]:
    """The warnings that an edit brings in, but for what a note says of its arguments already.

    An error that was there already does not stop an edit: a broken config can be mended with the tool.

    Raises:
        EditError: it brings in an error.
    """
    known = {(finding.rule, finding.message) for finding in before}
    told = {_SAYS_THE_SAME.get(note.rule) for note in notes}
    new = [finding for finding in after if (finding.rule, finding.message) not in known]
    for finding in new:
        if finding.severity is Severity.ERROR:
            message = f"this edit would cause an error: {finding.message} ({finding.rule})"
            raise EditError(message, hint=finding.hint, location=finding.location)
    yield from (each for each in new if each.severity is Severity.WARNING and each.rule not in told)


def _refuse_new_literals(before: Document, after: Document, forms: Forms) -> None:
    """A credential that is there already, the rules report; one more is never written, nor saved in a plan."""
    known = Counter(before.text[literal.start : literal.end] for literal in find_literals(before, forms))
    for literal in find_literals(after, forms):
        text = after.text[literal.start : literal.end]
        known[text] -= 1
        if known[text] < 0 and literal.ground is not Ground.PARTIAL:
            message = "this edit would write a credential into the configuration, so nothing was changed"
            hint = "write a reference instead, ${NAME}, and set that variable where text2llm runs"
            finding = Diagnostic("secret-in-config", Severity.ERROR, message, after.place(literal.start), hint)
            (told,) = place_before([finding], before, after)
            raise EditError(message, hint=hint, location=told.location)
