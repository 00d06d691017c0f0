from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2llm.diff.values import ListStep, compare_lists


@pytest.mark.parametrize(
    ("old", "new", "steps"),
    [
        ("", "", []),
        ("abc", "abc", []),
        ("", "a", [("a", None, 1)]),
        ("ab", "", [("a", 1, None), ("b", 2, None)]),
        ("abc", "cab", [("c", 3, 1)]),
        ("abcd", "xacd", [("b", 2, None), ("x", None, 1)]),
        ("aab", "aba", [("b", 3, 2)]),
        ("ab", "ba", [("b", 2, 1)]),
    ],
)
def test_the_steps_are_few(old: str, new: str, steps: list[tuple[str, int | None, int | None]]) -> None:
    assert list(compare_lists(old, new)) == [ListStep(*step) for step in steps]


@given(st.lists(st.integers(0, 4), max_size=8), st.lists(st.integers(0, 4), max_size=8))
def test_the_steps_make_the_new_list_of_the_old_one(old: list[int], new: list[int]) -> None:
    steps = list(compare_lists(old, new))
    taken = {step.old for step in steps}
    kept = [item for position, item in enumerate(old, 1) if position not in taken]
    for step in steps:
        if step.new is not None:
            kept.insert(step.new - 1, step.item)
    assert kept == new
