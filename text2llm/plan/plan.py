"""One edit of one file of a configuration, as it is shown, saved and applied."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile

from text2llm.auth.reading import Reading
from text2llm.config.document import Document
from text2llm.config.model import Config
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.edit.change import DataChange
from text2llm.edit.file_change import FileChange
from text2llm.edit.yaml.verify import edit_document
from text2llm.errors import EditError, Text2llmError
from text2llm.plan.edits import Edit, EditOutcome
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


#: The findings that repeat a note.
_SAME_FINDING = {"bare-reference": "unknown-model", "unknown-model": "unknown-model"}
#: The rules whose errors an edit can be forced to bring in.
_FORCIBLE = frozenset({"retired-model"})


@dataclass(frozen=True, slots=True, eq=False)
class Checks:
    """The checks that an edited configuration must pass."""

    rules: Callable[[Config], list[Diagnostic]]
    read: Callable[[Config], Reading]
    forms: Forms = field(default_factory=Forms)


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
        from text2llm.plan.environments import explain_only_there

        raise explain_only_there(layered, edit, checks, error) from error
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
        from text2llm.plan.environments import check_others

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


def new_warnings(before: list[Diagnostic], after: list[Diagnostic], outcome: EditOutcome) -> Iterator[Diagnostic]:
    """The warnings that an edit adds, except those that a note about its arguments covers.

    An old error does not stop an edit: a broken configuration can be fixed with the tool. One more of its kind does.

    Raises:
        EditError: it adds an error.
    """
    known = Counter((finding.rule, finding.message) for finding in before)
    noted = {_SAME_FINDING.get(note.rule) for note in outcome.notes}
    left = Counter(known)
    known.update((note.rule, note.message) for note in outcome.notes)
    for finding in after:
        key = (finding.rule, finding.message)
        left[key] -= 1
        if finding.severity is Severity.ERROR and left[key] < 0:
            if not (outcome.force and finding.rule in _FORCIBLE):
                message = f"this edit would cause an error: {finding.message} ({finding.rule})"
                insists = outcome.force is not None and finding.rule in _FORCIBLE
                hint = f"{finding.hint}; --force insists" if insists else finding.hint
                raise EditError(message, hint=hint, location=finding.location)
            yield finding
        elif finding.severity is Severity.WARNING and key not in known and finding.rule not in noted:
            yield finding


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


def place_before(findings: Iterable[Diagnostic], before: Document, after: Document) -> Iterator[Diagnostic]:
    """Findings in an edited file, with places, in their texts too, in the current file: lines the user can open.

    A changed line has the line that it replaces, or the one that it would follow.
    """
    old, new = before.text.split("\n"), after.text.split("\n")
    above = _count_equal(old, new)
    below = min(_count_equal(reversed(old), reversed(new)), len(old) - above, len(new) - above)

    def find_line(line: int) -> int:
        if line > len(new) - below:
            return line - len(new) + len(old)
        return max(1, min(line, len(old) - below))

    place = re.compile(rf"{re.escape(after.path)}:(\d+):(\d+)")

    def replace_lines(text: str) -> str:
        return place.sub(lambda at: f"{after.path}:{find_line(int(at[1]))}:{at[2]}", text)

    for finding in findings:
        hint, message = finding.hint and replace_lines(finding.hint), replace_lines(finding.message)
        location = finding.location
        if location.path == after.path:
            location = location._replace(line=find_line(location.line))
        yield finding._replace(location=location, message=message, hint=hint)


def _count_equal(one: Iterable[str], other: Iterable[str]) -> int:
    """Count equal lines at the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
