"""The fix of a finding: a mechanical change of the file that has it. What can be fixed is known without a patch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from text2llm.config.nodes import Pointer, Value


#: Longer texts are no name, so not an item that lacks the brackets of its list.
_LONGEST_ITEM = 100


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


def fix_spelling(place: Pointer, near: Sequence[str], *, key: bool = False, safe: bool = False) -> Fix | None:
    """Write the only name that another is like.

    It is safe for a key with a letter or two wrong: any other may be one of another tool, with another meaning, and a
    value says more than a key.
    """
    return write_name(place, near[0], key=key, safe=safe) if len(near) == 1 else None


def fix_type(error: Any) -> Fix | None:
    """Write a value that the schema rejects as what it has to be, if its text says the same."""
    path, value, wanted = tuple(error.path), error.instance, error.validator_value
    if not isinstance(value, str):
        return None
    kinds = wanted if isinstance(wanted, list) else [wanted]
    if error.validator == "const" and not isinstance(wanted, str) and value == str(wanted):
        return Fix("write it without quotes", (FixStep("set", path, wanted),), safe=True)
    if error.validator == "type" and "integer" in kinds and value.isdecimal() and value == str(int(value)):
        return Fix("write the number without quotes", (FixStep("set", path, int(value)),), safe=True)
    if error.validator == "type" and "array" in kinds and value.isprintable() and _is_one_name(value):
        return Fix("write it as a list", (FixStep("set", path, (value,)),))
    return None


def _is_one_name(value: str) -> bool:
    return 0 < len(value) <= _LONGEST_ITEM and not any(mark in value for mark in ", ;[]{}\"'")
