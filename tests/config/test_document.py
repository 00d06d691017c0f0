"""Steps through a document: aliases and merge keys lead where YAML says they lead."""

from __future__ import annotations

import pytest

from text2llm.config.document import Document
from text2llm.config.reader import read_document

TEXT = """one: &one {a: 1, b: 2}
two: &two {b: 3, c: 4}
merged: {<<: *one, b: 5}
several: {<<: [*one, *two], d: 6}
alias: *two
list: [x, y]
quoted: {"<<": 7}
"""


@pytest.fixture
def document() -> Document:
    return read_document("c.yaml", TEXT.encode())


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        (("one", "b"), "1:21"),
        (("merged", "a"), "1:15"),
        (("merged", "b"), "3:23"),
        (("several", "b"), "1:21"),
        (("several", "c"), "2:21"),
        (("alias", "c"), "2:21"),
        (("list", 1), "6:11"),
        (("quoted", "<<"), "7:16"),
    ],
)
def test_a_value_is_found_where_it_is_written(document: Document, pointer: tuple[str | int, ...], place: str) -> None:
    assert str(document.locate(pointer)) == f"c.yaml:{place}"


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        (("merged", "z"), "3:9"),
        (("several", "z", "y"), "4:10"),
        (("list", 2), "6:7"),
        (("list", "x"), "6:7"),
        (("one", 0), "1:11"),
        (("one", "a", "x"), "1:15"),
        (("nothing",), "1:1"),
    ],
)
def test_what_is_absent_is_placed_at_the_nearest_that_is_there(
    document: Document, pointer: tuple[str | int, ...], place: str
) -> None:
    assert str(document.locate(pointer)) == f"c.yaml:{place}"
