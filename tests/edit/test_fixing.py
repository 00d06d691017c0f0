from __future__ import annotations

import pytest

from text2llm.config.reader import read_document
from text2llm.edit.fixing import find_span, make_fixes, select_apart
from text2llm.errors import EditError
from text2llm.fix import Fix, FixSpan, FixStep, TextEdit, remove_value, rename_key, write_name

TEXT = "a: [x, y, x, z]  # one\nb: {c: 1}\n"
DOCUMENT = read_document("c.yaml", TEXT.encode())


def test_fixes_of_one_list_are_made_from_its_end() -> None:
    fixes = [remove_value(("a", at), "it") for at in (0, 2)] + [rename_key(("b", "c"), "d")]
    assert make_fixes(DOCUMENT, fixes).text == "a: [y, z]  # one\nb: {d: 1}\n"


def test_text_and_data_are_fixed_together() -> None:
    comment = Fix("remove the comment", edits=(TextEdit(15, 22),))
    assert make_fixes(DOCUMENT, [comment, write_name(("b", "c"), "two")]).text == "a: [x, y, x, z]\nb: {c: two}\n"


def test_a_list_is_written_as_one() -> None:
    fix = Fix("write it as a list", (FixStep("set", ("b",), ("x",)),))
    assert make_fixes(DOCUMENT, [fix]).data == {"a": ["x", "y", "x", "z"], "b": ["x"]}


def test_an_edit_of_text_changes_no_data() -> None:
    with pytest.raises(EditError, match="would also change a value"):
        make_fixes(DOCUMENT, [Fix("no comment", edits=(TextEdit(4, 5, "q"),))])


def test_fixes_wait_for_those_that_they_touch() -> None:
    outer, inner, twice = rename_key(("b",), "e"), rename_key(("b", "c"), "d"), rename_key(("b",), "e")
    one, other = Fix("", edits=(TextEdit(15, 18),)), Fix("", edits=(TextEdit(18, 20),))
    far = Fix("", edits=(TextEdit(20, 22),))
    assert list(select_apart([outer, inner, twice, one, other, far])) == [outer, one, far]


@pytest.mark.parametrize(
    ("fix", "span"),
    [
        (rename_key(("b", "c"), "dc"), FixSpan(2, 5, 2, 5, "d")),
        (rename_key(("b",), "z"), FixSpan(2, 1, 2, 2, "z")),
        (Fix("remove the line", edits=(TextEdit(0, 0),)), FixSpan(3, 1, 3, 1, "")),
        (remove_value(("a", 3), "it"), FixSpan(1, 12, 1, 15, "")),
        (rename_key(("nothing",), "z"), None),
    ],
)
def test_a_fix_is_one_span_of_the_text(fix: Fix, span: FixSpan | None) -> None:
    assert find_span(DOCUMENT, fix) == span
