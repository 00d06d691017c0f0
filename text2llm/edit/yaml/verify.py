"""Verify an edit: two readers of the new text find the old data with the changes and nothing else."""

from __future__ import annotations

from typing import Any

from text2llm.config.document import Document
from text2llm.config.nodes import Value
from text2llm.config.reader import read_document
from text2llm.edit.change import DataChange, apply_changes
from text2llm.edit.yaml.batch import group_removals, remove_together
from text2llm.edit.yaml.patch import patch_text
from text2llm.errors import EditError, ReadError

#: Characters up to which ruamel.yaml, which is slow, is the second reader.
SECOND_READER_LIMIT = 256 * 1024


def edit_document(document: Document, changes: list[DataChange]) -> Document:
    """The verified document after the changes.

    Raises:
        EditError: the changes cannot be made alone; nothing was written.
    """
    edited = document
    for group in group_removals(changes):
        together = remove_together(edited, group) if len(group) > 1 else None
        if together is not None:
            edited = read_again(edited, together)
            continue
        for change in group:
            edited = read_again(edited, patch_text(edited, change))
    expected = apply_changes(document.data, changes)
    if not same_data(edited.data, expected):
        raise EditError(
            "this edit would also change another value of the file, so nothing was written",
            hint="look for anchors (&name, *name, <<) around it, and make the change by hand",
        )
    if len(edited.text) <= SECOND_READER_LIMIT:
        _ask_second_reader(document, edited, changes)
    return edited


def read_again(document: Document, text: str) -> Document:
    try:
        return read_document(document.path, Document.encode_text(text, bom=document.bom))
    except ReadError as error:
        raise EditError(
            f"this edit would leave a file that cannot be read ({error.message}), so nothing was written",
            hint="make the change by hand",
            location=error.location,
        ) from error


def same_data(left: Value, right: Value) -> bool:
    """Whether two trees are equal in values and types: ``1`` is neither ``1.0`` nor ``true``."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_data(item, right[key]) for key, item in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_data, left, right))
    return type(left) is type(right) and left == right


def _ask_second_reader(before: Document, after: Document, changes: list[DataChange]) -> None:
    """Compare with ruamel.yaml. If it reads the *old* file differently too, only the difference has to agree."""
    new = _read_with_ruamel(after.text)
    if new is not _UNREADABLE and same_data(new, after.data):
        return
    old = _read_with_ruamel(before.text)
    if old is _UNREADABLE or (new is not _UNREADABLE and apply_changes(old, changes) == new):
        return
    raise EditError(
        "a second YAML reader parses the edited file differently, so nothing was written",
        hint="make the change by hand",
    )


_UNREADABLE: Any = object()


def _read_with_ruamel(text: str) -> Any:
    import warnings

    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError, YAMLStreamError

    reader = YAML(typ="safe", pure=True)
    try:
        with warnings.catch_warnings(action="ignore"):  # an anchor defined twice; they quote the file
            return reader.load(text)
    except (YAMLError, YAMLStreamError, ValueError, TypeError, AttributeError):
        return _UNREADABLE
