from __future__ import annotations

import pytest

from text2llm.refs import ModelRef
from text2llm.scan.choice import Reply, read_choice

OFFERED = tuple(ModelRef("lab", name) for name in "abc")
PROPOSAL = OFFERED[:2]


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("", "ab"),
        ("  ", "ab"),
        ("3", "c"),
        ("3 1", "ca"),
        ("3,1", "ca"),
        (" 2, 2 1 ", "ba"),
        ("none", ""),
        ("0", ""),
        ("q", Reply.LEAVE),
        ("QUIT", Reply.LEAVE),
        ("4", Reply.UNCLEAR),
        ("1 0", Reply.UNCLEAR),
        ("-1", Reply.UNCLEAR),
        ("1-3", Reply.UNCLEAR),
        ("a", Reply.UNCLEAR),
        ("1 q", Reply.UNCLEAR),
        ("²", Reply.UNCLEAR),
        ("9" * 99, Reply.UNCLEAR),
        (",", Reply.UNCLEAR),
    ],
)
def test_what_is_typed(typed: str, chosen: str | Reply) -> None:
    wanted = chosen if isinstance(chosen, Reply) else tuple(ModelRef("lab", name) for name in chosen)
    assert read_choice(typed, OFFERED, PROPOSAL) == wanted
