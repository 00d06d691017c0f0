"""What each line of a file is about."""

from __future__ import annotations

from tests.diff.readings import parse
from text2llm.diff.checks import find_subjects


def test_a_line_is_about_the_first_that_begins_there() -> None:
    text = "a: {b: 1}\nc:\n  - x\n  - {y: 1}\n  -\n    - z\nd:\n  text\ne: &e 1\nf:\n  *e\n"
    assert find_subjects(parse(text)) == {
        1: ("a",),
        2: ("c",),
        3: ("c", "x"),
        4: ("c", 1, "y"),
        6: ("c", 2, "z"),
        7: ("d",),
        8: ("d",),
        9: ("e",),
        10: ("f",),
        11: ("f",),
    }


def test_a_file_without_content_is_about_nothing() -> None:
    assert find_subjects(parse("# nothing\n")) == {}
