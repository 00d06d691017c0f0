"""The fix of a finding: a mechanical change of the file that has it. What can be fixed is known without a patch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from text2llm.config.nodes import Pointer, Value


class FixStep(NamedTuple):
    """A change of the data, as in ``DataChange``. ``RENAME`` gives the key at ``pointer`` the name ``value``.

    A list is written as a tuple: findings, and so their fixes, are kept in sets.
    """

    action: Literal["set", "insert", "remove", "rename"]
    pointer: Pointer
    value: Value | tuple[str, ...] = None


class TextEdit(NamedTuple):
    """``text`` replaces the span between two offsets into a file; for what is not data, such as comments."""

    start: int
    end: int
    text: str = ""


class FixSpan(NamedTuple):
    """A fix as one replaced span of the file, from 1: columns are code points, and the end is not part of it."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class Fix(NamedTuple):
    """How to fix a finding. ``title`` says it in a few words, without a part of the file that may be a secret.

    A ``safe`` fix can be meant in one way only; others are made only if the rule is named. A ``neutral`` one leaves
    the models that each agent uses as they are, which is verified. ``steps`` and ``edits`` are all in one file.
    ``span`` says the same for other programs, if it was requested.
    """

    title: str
    steps: tuple[FixStep, ...] = ()
    edits: tuple[TextEdit, ...] = ()
    safe: bool = False
    neutral: bool = False
    span: FixSpan | None = None


def rename_key(pointer: Pointer, name: str, *, safe: bool = False, neutral: bool = False) -> Fix:
    return Fix(f"rename the key to '{name}'", (FixStep("rename", pointer, name),), safe=safe, neutral=neutral)


def write_name(pointer: Pointer, name: str, *, key: bool = False, safe: bool = False, neutral: bool = False) -> Fix:
    """Write another name at a pointer, in place of its value or, with ``key``, of its last key."""
    if key:
        return rename_key(pointer, name, safe=safe, neutral=neutral)
    return Fix(f"write '{name}'", (FixStep("set", pointer, name),), safe=safe, neutral=neutral)


def remove_value(pointer: Pointer, what: str, *, safe: bool = False, neutral: bool = False) -> Fix:
    return Fix(f"remove {what}", (FixStep("remove", pointer),), safe=safe, neutral=neutral)
