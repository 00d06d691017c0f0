from __future__ import annotations

import pytest

from text2llm.edit.yaml.splice import Splice, apply_splices, skip_gap
from text2llm.errors import EditError


def test_splices_at_one_offset_keep_their_order() -> None:
    assert apply_splices("abc", [Splice(1, 1, "1"), Splice(1, 1, "2"), Splice(2, 3)]) == "a12b"


def test_overlapping_splices_are_refused() -> None:
    with pytest.raises(EditError, match="twice"):
        apply_splices("abc", [Splice(0, 2, "x"), Splice(1, 3, "y")])


@pytest.mark.parametrize(("text", "offset"), [("  # c\n ,", 7), (" # c", 4), ("x", 0)])
def test_gap_is_white_space_and_comments(text: str, offset: int) -> None:
    assert skip_gap(text, 0) == offset
