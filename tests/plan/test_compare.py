"""The changes of a partial file give what it names its value, and leave everything else as it is."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from text2llm.edit.change import Action, DataChange
from text2llm.plan.compare import _changes_between, _restrict

_LEAVES = st.integers(0, 3) | st.booleans() | st.sampled_from(["", "x", "y"])
_LISTS = st.lists(_LEAVES, max_size=4)
_KEYS = st.sampled_from(["a", "b", "c", "d.e", "f'g"])
_MAPS = st.dictionaries(
    _KEYS, st.recursive(_LEAVES | _LISTS, lambda below: st.dictionaries(_KEYS, below, max_size=5)), max_size=5
)


def merge(current: Any, wanted: Any) -> Any:
    if not (isinstance(current, dict) and isinstance(wanted, dict)):
        return wanted
    return {**current, **{key: merge(current.get(key), item) for key, item in wanted.items()}}


def apply(data: Any, change: DataChange) -> None:
    *way, last = change.pointer
    for step in way:
        data = data[step]
    match change.action:
        case Action.SET:
            data[last] = change.value
        case Action.INSERT:
            data.insert(last, change.value)
        case Action.REMOVE:
            del data[last]


@given(_MAPS, _MAPS)
@example({"a": [0, 3, 0, 0]}, {"a": [False, 3, 0, 0]})
@example({"a": {"b": [1]}}, {"a": {"b": [1.0]}})
def test_what_nobody_named_stays(current: dict[str, Any], wanted: dict[str, Any]) -> None:
    changed = copy.deepcopy(current)
    for change in _changes_between(_restrict(current, wanted), wanted):
        apply(changed, change)
    assert json.dumps(changed, sort_keys=True) == json.dumps(merge(current, wanted), sort_keys=True)
