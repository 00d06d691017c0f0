"""Fixes of findings as edits of a document, and as the one span of its text that they replace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from text2llm.config.document import Document
from text2llm.config.nodes import Pointer, Value
from text2llm.edit.change import Action, DataChange
from text2llm.edit.yaml.splice import Splice, apply_splices
from text2llm.edit.yaml.verify import edit_document, read_again, same_data
from text2llm.errors import EditError
from text2llm.fix import Fix, FixSpan, FixStep, TextEdit


def make_fixes(document: Document, fixes: Sequence[Fix]) -> Document:
    """The verified document after fixes that :func:`select_apart` returned.

    Raises:
        EditError: they cannot be made without changing something else.
    """
    edits = [edit for fix in fixes for edit in fix.edits]
    edited = document
    if edits:
        text = apply_splices(document.text, (Splice(*edit) for edit in edits))
        edited = read_again(document, text)
        if not same_data(edited.data, document.data):
            raise EditError("this would also change a value of the file", hint="make the change by hand")
    changes = _order_changes(step for fix in fixes for step in fix.steps)
    return edit_document(edited, changes) if changes else edited


def _order_changes(steps: Iterable[FixStep]) -> list[DataChange]:
    """The changes, from the end of each list to its beginning, so that no index moves before it is used."""
    ordered = sorted(steps, key=lambda step: [(isinstance(part, int), part) for part in step.pointer], reverse=True)
    return [DataChange(Action(step.action), step.pointer, _read_value(step)) for step in ordered]


def _read_value(step: FixStep) -> Value:
    return list(step.value) if isinstance(step.value, tuple) else step.value


def select_apart(fixes: Iterable[Fix]) -> Iterator[Fix]:
    """The fixes that do not touch what one before them does: those wait until that one is made."""
    pointers, spans, seen = list[Pointer](), list[TextEdit](), set[Fix]()
    for fix in fixes:
        own = [step.pointer for step in fix.steps]
        if fix in seen or any(_meet(one, other) for one in own for other in pointers):
            continue
        if any(edit.start <= other.end and other.start <= edit.end for edit in fix.edits for other in spans):
            continue
        seen.add(fix)
        pointers += own
        spans += fix.edits
        yield fix


def _meet(one: Pointer, other: Pointer) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def find_span(document: Document, fix: Fix) -> FixSpan | None:
    """What a fix replaces in the text, as one span; ``None`` if it cannot be made.

    A span begins and ends with a character that changes, so it has no text of the file but what lies between.
    """
    try:
        new = make_fixes(document, [fix]).text
    except EditError:
        return None
    old, shorter = document.text, min(len(document.text), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = next((at for at in range(shorter - start) if old[-1 - at] != new[-1 - at]), shorter - start)
    first, last = document.place(start), document.place(len(old) - rest)
    return FixSpan(first.line, first.column, last.line, last.column, new[start : len(new) - rest])
