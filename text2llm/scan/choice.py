"""What a person typed to choose among numbered models. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from text2llm.refs import ModelRef


class Reply(Enum):
    """An answer that chooses nothing: they leave, or nobody can tell what they mean."""

    LEAVE = "leave"
    UNCLEAR = "unclear"


def read_choice(text: str, offered: Sequence[ModelRef], proposal: tuple[ModelRef, ...]) -> tuple[ModelRef, ...] | Reply:
    """The models behind the numbers in ``text``, in that order, each once; nothing typed means the proposal."""
    words = re.split(r"[\s,]+", text.strip().lower())
    if words == [""]:
        return proposal
    if words in (["q"], ["quit"]):
        return Reply.LEAVE
    if words in (["0"], ["none"]):
        return ()
    if not all(re.fullmatch(r"[1-9][0-9]{0,4}", word) and int(word) <= len(offered) for word in words):
        return Reply.UNCLEAR
    return tuple(offered[int(word) - 1] for word in dict.fromkeys(words))
