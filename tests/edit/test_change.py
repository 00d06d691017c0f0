from __future__ import annotations

import pytest

from text2llm.config.nodes import Pointer, Value
from text2llm.edit.change import Action, DataChange, apply_changes, format_pointer
from text2llm.errors import EditError

DATA: Value = {"a": {"b": [1, 2]}, "n": None}


def test_changes_apply_in_order_and_leave_the_old_data_alone() -> None:
    changes = [
        DataChange(Action.INSERT, ("a", "b", 0), 0),
        DataChange(Action.SET, ("a", "b", 1), "one"),
        DataChange(Action.REMOVE, ("a", "b", 2)),
        DataChange(Action.SET, ("n", "x", "y"), "z"),
    ]
    assert apply_changes(DATA, changes) == {"a": {"b": [0, "one"]}, "n": {"x": {"y": "z"}}}
    assert DATA == {"a": {"b": [1, 2]}, "n": None}


def test_removing_a_key_keeps_the_others() -> None:
    assert apply_changes(DATA, [DataChange(Action.REMOVE, ("n",))]) == {"a": {"b": [1, 2]}}


def test_a_renamed_key_keeps_its_value_and_its_place() -> None:
    renamed = apply_changes({"a": 1, "b": 2, "c": 3}, [DataChange(Action.RENAME, ("b",), "z")])
    assert list(renamed.items()) == [("a", 1), ("z", 2), ("c", 3)]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["n", 5, None])
def test_a_key_gets_a_name_that_is_free(name: Value) -> None:
    with pytest.raises(EditError, match="cannot be renamed"):
        apply_changes(DATA, [DataChange(Action.RENAME, ("a",), name)])
    assert apply_changes(DATA, [DataChange(Action.RENAME, ("a",), "a")]) == DATA


@pytest.mark.parametrize(
    "change",
    [
        DataChange(Action.REMOVE, ("x",)),
        DataChange(Action.REMOVE, ("a", "x", "y")),
        DataChange(Action.INSERT, ("a", "b", 3)),
        DataChange(Action.SET, ("a", "b", 2), 1),
        DataChange(Action.RENAME, ("x",), "y"),
        DataChange(Action.RENAME, ("a", "b", 0), "y"),
        DataChange(Action.SET, ("a", 0), 1),
        DataChange(Action.SET, ("a", "b", "x"), 1),
    ],
)
def test_pointer_that_leads_nowhere_is_an_error(change: DataChange) -> None:
    with pytest.raises(EditError, match="is not set"):
        apply_changes(DATA, [change])


@pytest.mark.parametrize(
    ("pointer", "text"),
    [
        ((), "the whole file"),
        (("agents", "defaults", "model", "fallbacks", 1), "agents.defaults.model.fallbacks[1]"),
        (("models", "a/b"), "models['a/b']"),
    ],
)
def test_pointer_reads_well(pointer: Pointer, text: str) -> None:
    assert format_pointer(pointer) == text
