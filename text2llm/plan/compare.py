"""``plan FILE``: the changes that make a configuration agree with a partial one, for the keys that it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text2llm.config.model import Slot
from text2llm.config.nodes import Pointer, Value
from text2llm.plan.change import Action, Change
from text2llm.plan.edits import Editing, Outcome

_SLOTS = frozenset(slot.value for slot in Slot)


def agree_with(editing: Editing, *, wanted: dict[str, Any]) -> Outcome:
    """The changes that give every key named in ``wanted`` its value; other keys stay as they are."""
    wanted = _spell_like(wanted, dict(editing.config.data), (), editing)
    current = _restrict(dict(editing.config.data), wanted)
    return Outcome(tuple(_changes_between(current, wanted)))


def _changes_between(current: Value, wanted: Value) -> Iterator[Change]:
    from deepdiff import DeepDiff

    seen: set[Pointer] = set()
    levels = DeepDiff(current, wanted, view="tree", ignore_numeric_type_changes=False)
    for level in sorted((level for kind in levels.values() for level in kind), key=lambda level: str(level.path())):
        pointer = _up_to_list(current, tuple(level.path(output_format="list")))
        if pointer not in seen:
            seen.add(pointer)
            yield from _change_value(pointer, _find(current, pointer), _find(wanted, pointer))


def _change_value(pointer: Pointer, old: Value, new: Value) -> Iterator[Change]:
    if isinstance(old, list) and isinstance(new, list):
        yield from _change_list(pointer, old, new)
    else:
        yield Change(Action.SET, pointer, new)


def _change_list(pointer: Pointer, old: list[Value], new: list[Value]) -> Iterator[Change]:
    """The items to take and to put, from the end, so that each index is right when its turn comes."""
    import json
    from difflib import SequenceMatcher

    left, right = ([json.dumps(item, sort_keys=True) for item in items] for items in (old, new))
    for _tag, i1, i2, j1, j2 in reversed(SequenceMatcher(None, left, right, autojunk=False).get_opcodes()):
        if left[i1:i2] == right[j1:j2]:
            continue
        shared = min(i2 - i1, j2 - j1)
        yield from (Change(Action.REMOVE, (*pointer, index)) for index in reversed(range(i1 + shared, i2)))
        yield from (Change(Action.INSERT, (*pointer, i1 + shared), new[j]) for j in reversed(range(j1 + shared, j2)))
        yield from (Change(Action.SET, (*pointer, i1 + step), new[j1 + step]) for step in range(shared))


def _up_to_list(data: Value, pointer: Pointer) -> Pointer:
    """The pointer to the outermost list on the way, where the difference is inside of one."""
    for depth in range(len(pointer)):
        if isinstance(_find(data, pointer[:depth]), list):
            return pointer[:depth]
    return pointer


def _find(data: Value, pointer: Pointer) -> Value:
    for step in pointer:
        if isinstance(data, dict):
            data = data.get(str(step))
        else:
            data = data[int(step)] if isinstance(data, list) and int(step) < len(data) else None
    return data


def _restrict(data: Value, named: Value) -> Value:
    """The part of the data that ``named`` has keys for."""
    if isinstance(data, dict) and isinstance(named, dict):
        return {key: _restrict(data[key], item) for key, item in named.items() if key in data}
    return data


def _spell_like(wanted: Any, current: Any, pointer: Pointer, editing: Editing) -> Any:
    """``wanted`` with each model written as it is now, where both mean the same, and canonically where not."""
    if _is_choice(pointer):
        wanted = _as_map_like(wanted, current)
    if isinstance(wanted, dict):
        known = current if isinstance(current, dict) else {}
        return {key: _spell_like(item, known.get(key), (*pointer, key), editing) for key, item in wanted.items()}
    if isinstance(wanted, list):
        spelled = {_meaning(item, pointer, editing): item for item in (current if isinstance(current, list) else ())}
        return (
            [spelled.get(_meaning(item, pointer, editing), _meaning(item, pointer, editing)) for item in wanted]
            if (_names_models(pointer))
            else wanted
        )
    if _names_models(pointer) and isinstance(wanted, str):
        meaning = _meaning(wanted, pointer, editing)
        return current if isinstance(current, str) and _meaning(current, pointer, editing) == meaning else meaning
    return wanted


def _meaning(name: Any, pointer: Pointer, editing: Editing) -> Any:
    is_name = isinstance(name, str) and _names_models(pointer)
    return str(editing.resolver.resolve(name).ref) if is_name else _hashable(name)


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else repr(value)


def _is_choice(pointer: Pointer) -> bool:
    return bool(pointer) and pointer[-1] in _SLOTS and pointer[0] == "agents"


def _as_map_like(wanted: Any, current: Any) -> Any:
    """``model: x`` speaks of the primary alone, so it changes no fallbacks that are written beside it."""
    return {"primary": wanted} if isinstance(wanted, str) and isinstance(current, dict) else wanted


def _names_models(pointer: Pointer) -> bool:
    """Whether the value at a pointer is a model's name, or a list of them."""
    last = pointer[-1] if pointer else None
    return _is_choice(pointer) or (_is_choice(pointer[:-1]) and last in ("primary", "fallbacks"))
