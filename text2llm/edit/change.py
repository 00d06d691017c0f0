"""One edit of the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from text2llm.config.nodes import Pointer, Value
from text2llm.errors import EditError


class Action(Enum):
    SET = "set"
    INSERT = "insert"
    REMOVE = "remove"
    RENAME = "rename"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class DataChange:
    """One edit.

    ``SET`` gives the key or item at ``pointer`` the ``value``, with the maps above it; ``INSERT`` adds ``value`` to a
    list, before the last index of the pointer; ``REMOVE`` removes the key or item; ``RENAME`` gives the key the name
    ``value``, and all else stays: its value, its place among the others, comments, and how it is quoted; ``MOVE`` moves
    the item of a list to the index ``value``, with its comment.
    """

    action: Action
    pointer: Pointer
    value: Value = None


def apply_changes(data: Value, changes: Iterable[DataChange]) -> Value:
    """The data after the changes, in order; ``data`` itself is not modified.

    Raises:
        EditError: a pointer does not exist, or a key would be there twice.
    """
    for change in changes:
        data = _apply(data, change, change.pointer)
    return data


def _apply(data: Any, change: DataChange, pointer: Pointer) -> Any:
    if not pointer:
        return change.value
    step, rest = pointer[0], pointer[1:]
    if isinstance(step, int):
        return _apply_to_list(data, change, step, rest)
    entries = {} if data is None and change.action is Action.SET else data
    if not isinstance(entries, dict) or (step not in entries and change.action is not Action.SET):
        raise EditError(f"{format_pointer(change.pointer)} is not set")
    if not rest and change.action is Action.REMOVE:
        return {key: value for key, value in entries.items() if key != step}
    if not rest and change.action is Action.RENAME:
        return _rename(entries, change)
    return {**entries, step: _apply(entries.get(step), change, rest)}


def _rename(entries: dict[str, Any], change: DataChange) -> dict[str, Any]:
    old, new = change.pointer[-1], change.value
    if not isinstance(new, str) or (new in entries and new != old):
        raise EditError(f"{format_pointer(change.pointer)} cannot be renamed: the new name is there already")
    return {new if key == old else key: value for key, value in entries.items()}


def _apply_to_list(data: Any, change: DataChange, index: int, rest: Pointer) -> list[Any]:
    limit = len(data) + (change.action is Action.INSERT and not rest) if isinstance(data, list) else 0
    if not 0 <= index < limit or (not rest and change.action is Action.RENAME):
        raise EditError(f"{format_pointer(change.pointer)} is not set")
    if not rest and change.action is Action.MOVE:
        return _move_item(data, index, change)
    if not rest and change.action is Action.INSERT:
        return [*data[:index], change.value, *data[index:]]
    if not rest and change.action is Action.REMOVE:
        return [*data[:index], *data[index + 1 :]]
    return [*data[:index], _apply(data[index], change, rest), *data[index + 1 :]]


def _move_item(data: list[Any], index: int, change: DataChange) -> list[Any]:
    if type(change.value) is not int or not 0 <= change.value < len(data):
        raise EditError(f"{format_pointer(change.pointer)} cannot be moved there")
    moved = [*data[:index], *data[index + 1 :]]
    moved.insert(change.value, data[index])
    return moved


def value_at(data: Value, pointer: Pointer) -> Value:
    """The value at a pointer; ``None`` if there is none."""
    for step in pointer:
        if isinstance(data, dict):
            data = data.get(str(step))
        else:
            data = data[int(step)] if isinstance(data, list) and int(step) < len(data) else None
    return data


def format_pointer(pointer: Pointer) -> str:
    """A pointer as it is shown: ``agents.defaults.model.fallbacks[1]``."""
    text = ""
    for step in pointer:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("_", "a").replace("-", "a").isalnum():
            text += f".{step}" if text else step
        else:
            text += f"[{step!r}]"
    return text or "the whole file"
