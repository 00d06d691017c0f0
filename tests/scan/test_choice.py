from __future__ import annotations

import pytest

from text2llm.refs import ModelRef
from text2llm.scan.choice import NoChoice, read_choice

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
        ("q", NoChoice.QUIT),
        ("QUIT", NoChoice.QUIT),
        ("4", NoChoice.INVALID),
        ("1 0", NoChoice.INVALID),
        ("-1", NoChoice.INVALID),
        ("1-3", NoChoice.INVALID),
        ("a", NoChoice.INVALID),
        ("1 q", NoChoice.INVALID),
        ("²", NoChoice.INVALID),
        ("9" * 99, NoChoice.INVALID),
        (",", NoChoice.INVALID),
    ],
)
def test_what_is_typed(typed: str, chosen: str | NoChoice) -> None:
    wanted = chosen if isinstance(chosen, NoChoice) else tuple(ModelRef("lab", name) for name in chosen)
    assert read_choice(typed, OFFERED, PROPOSAL) == wanted
