"""What each line of a file is about, and exceptions of a policy."""

from __future__ import annotations

import pytest

from tests.diff.readings import pair, parse
from text2llm.diff.change import Level
from text2llm.diff.checks import find_subjects
from text2llm.diff.compare import compare_meaning


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


PRICED = "version: 1\nagents: {defaults: {model: a/big}}%s\npolicy: {price: {input: 5}}\n"
IGNORED = "  # text2llm: ignore[policy-price%s] a trial"


@pytest.mark.parametrize(
    ("old", "new", "level", "message"),
    [
        ("", IGNORED % "", Level.DANGER, "a comment suppresses policy-price, a weaker check: a trial"),
        (
            IGNORED % " until 2026-01-31",
            IGNORED % " until 2026-02-28",
            Level.DANGER,
            "a comment suppresses policy-price until 2026-02-28 (before: until 2026-01-31), a weaker check: a trial",
        ),
        (
            IGNORED % "",
            IGNORED % " until 2026-02-28",
            Level.CHANGE,
            "a comment suppresses policy-price until 2026-02-28 (before: without an end): a trial",
        ),
        (IGNORED % "", "", Level.CHANGE, "a comment no longer suppresses policy-price"),
    ],
)
def test_an_exception_of_a_policy_is_a_danger_and_so_is_a_later_end(
    old: str, new: str, level: Level, message: str
) -> None:
    found = compare_meaning(pair(PRICED % old, PRICED % new))
    assert [(each.level, each.message) for each in found] == [(level, message)]


def test_a_lower_severity_of_a_policy_is_a_danger() -> None:
    (change,) = compare_meaning(pair("version: 1\n", "version: 1\nrules: {policy-price: off}\n"))
    assert (change.level, change.message) == (Level.DANGER, "rule policy-price: error → off, a weaker check")
