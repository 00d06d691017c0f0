"""The checks that an edited configuration must pass: no new error, and each new warning told. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from text2llm.auth.reading import Reading
from text2llm.config.document import Document
from text2llm.config.model import Config
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.errors import EditError
from text2llm.plan.edits import EditOutcome
from text2llm.redaction.forms import Forms

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
