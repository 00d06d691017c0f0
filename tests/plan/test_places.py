"""Places of an edited text are told as places of the text that is there."""

from __future__ import annotations

import pytest

from text2llm.config.reader import read_document
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.plan.checks import place_before

TEXT = "version: 1\na: 1\nb: 2\nc: 3\n"


@pytest.mark.parametrize(
    ("edited", "line", "expected"),
    [
        (TEXT.replace("b: 2\n", "b: 2\nn: 0\nm: 0\n"), 3, 3),  # above what is added
        (TEXT.replace("b: 2\n", "b: 2\nn: 0\nm: 0\n"), 5, 3),  # added: the line that it follows
        (TEXT.replace("b: 2\n", "b: 2\nn: 0\nm: 0\n"), 6, 4),  # below it
        (TEXT.replace("b: 2", "b: 9"), 3, 3),  # replaced
        (TEXT.replace("b: 2\n", ""), 3, 4),  # below what is removed
        ("n: 0\n" + TEXT, 1, 1),
        (TEXT + "n: 0\n", 5, 4),
        (TEXT, 2, 2),
    ],
)
def test_a_line_of_the_edited_text_is_told_as_one_that_is_there(edited: str, line: int, expected: int) -> None:
    finding = Diagnostic("r", Severity.ERROR, "m", Location("c.yaml", line, 7), f"see c.yaml:{line}:7, or d.yaml:9:9")
    documents = (read_document("c.yaml", text.encode()) for text in (TEXT, edited))
    (told,) = place_before([finding], *documents)
    assert told.location == Location("c.yaml", expected, 7)
    assert told.hint == f"see c.yaml:{expected}:7, or d.yaml:9:9"


def test_a_place_in_another_file_stays() -> None:
    before, after = (read_document("c.yaml", text.encode()) for text in (TEXT, "x: 1\n" + TEXT))
    finding = Diagnostic("r", Severity.ERROR, "m", Location("d.yaml", 3))
    assert list(place_before([finding], before, after)) == [finding]
