"""Items that are removed together leave the text that they leave one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text2llm.config.reader import read_document
from text2llm.edit.change import Action, DataChange
from text2llm.edit.yaml.batch import group_removals, remove_together
from text2llm.edit.yaml.patch import patch_text
from text2llm.edit.yaml.verify import edit_document

BLOCK = "a:\n  # top\n  - x # one\n\n  - y\n  # between\n  - z # three\n# end\nb: 1\n"


def removals(*indices: int, path: tuple[str | int, ...] = ("a",)) -> list[DataChange]:
    return [DataChange(Action.REMOVE, (*path, index)) for index in indices]


def remove_singly(text: str, changes: list[DataChange]) -> str:
    for change in changes:
        text = patch_text(read_document("c.yaml", text.encode()), change)
    return text


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["- x\n", "- y # why\n", "# note\n  - z\n", "- |\n    t\n\n", '- "q"\n\n']),
        min_size=2,
        max_size=8,
    ),
    st.data(),
)
def test_text_is_the_same(items: list[str], data: st.DataObject) -> None:
    text = "a:\n" + "".join(f"  {item}" for item in items) + "b: 1\n"
    indices = data.draw(st.sets(st.integers(0, len(items) - 1), min_size=2))
    changes = removals(*sorted(indices, reverse=True))
    assert remove_together(read_document("c.yaml", text.encode()), changes) == remove_singly(text, changes)


@pytest.mark.parametrize("indices", [(2, 1, 0), (2, 0), (1, 0)])
def test_comments_stay(indices: tuple[int, ...]) -> None:
    document, changes = read_document("c.yaml", BLOCK.encode()), removals(*indices)
    assert remove_together(document, changes) == remove_singly(BLOCK, changes)
    assert edit_document(document, changes).text == remove_singly(BLOCK, changes)


@pytest.mark.parametrize(
    "text",
    [
        "a: [x, y, z]\n",
        "a:\n- &k x\n- y\n- *k\n",
        "a:\n  - x\n  - y\n  - z",
        "b: {}\n",
        "a: {p: x}\n",
        "a:\n- x\n- {p: 1}\n",
    ],
)
def test_other_lists_are_left_to_single_changes(text: str) -> None:
    assert remove_together(read_document("c.yaml", text.encode()), removals(2, 1)) is None


def test_list_behind_a_dash_is_left_to_single_changes() -> None:
    document = read_document("c.yaml", b"a:\n- - x\n  - y\n")
    assert remove_together(document, removals(1, 0, path=("a", 0))) is None


def test_only_falling_removals_of_one_list_are_together() -> None:
    first, second = removals(2, 1), removals(0, 1)
    other = DataChange(Action.SET, ("b",), 2)
    grouped = list(group_removals([*first, other, *second, *removals(0, path=("c",))]))
    assert grouped == [first, [other], *([each] for each in second), removals(0, path=("c",))]


def test_file_without_final_newline_is_edited_all_the_same() -> None:
    document = read_document("c.yaml", b"a:\n  - x\n  - y\n  - z")
    assert edit_document(document, removals(2, 1)).text == "a:\n  - x"
