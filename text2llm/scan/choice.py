"""The user's choice among numbered models, and the edit that makes it the configuration's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import TypeAlias

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS, ModelChoice
from text2llm.config.nodes import Value
from text2llm.config.roles import IMAGE, MAIN, Role
from text2llm.edit.change import Action, DataChange
from text2llm.plan.edits import EditOutcome
from text2llm.refs import ModelRef
from text2llm.scan.rank import Proposal

Refs: TypeAlias = tuple[ModelRef, ...]


class NoChoice(Enum):
    QUIT = "quit"
    INVALID = "invalid"


def read_choice(
    text: str, offered: Sequence[ModelRef], proposal: tuple[ModelRef, ...]
) -> tuple[ModelRef, ...] | NoChoice:
    """The distinct models with the numbers in ``text``, in that order; empty text means the proposal."""
    words = re.split(r"[\s,]+", text.strip().lower())
    if words == [""]:
        return proposal
    if words in (["q"], ["quit"]):
        return NoChoice.QUIT
    if words in (["0"], ["none"]):
        return ()
    if not all(re.fullmatch(r"[1-9][0-9]{0,4}", word) and int(word) <= len(offered) for word in words):
        return NoChoice.INVALID
    return tuple(offered[int(word) - 1] for word in dict.fromkeys(words))


def adopt(reading: Reading, *, chosen: Proposal, set_default: bool, set_image: bool) -> EditOutcome:
    """Make the chosen models the fallbacks of the defaults; with ``set_default`` and ``set_image`` the first primary.

    Image models are only set if there is an image model already, or with ``set_image``.
    """
    images = set_image or _choice(reading, IMAGE).primary is not None
    changes = list(_replace(reading, MAIN, chosen.fallbacks, first=set_default))
    if images:
        changes += _replace(reading, IMAGE, chosen.images, first=set_image)
    return EditOutcome(tuple(changes))


def _choice(reading: Reading, role: Role) -> ModelChoice:
    return reading.config.defaults.get(role, ModelChoice())


def _replace(reading: Reading, role: Role, refs: tuple[ModelRef, ...], *, first: bool) -> Iterator[DataChange]:
    """The changes of one role. A primary is not one of its own fallbacks."""
    if not refs:
        return
    choice, pointer = _choice(reading, role), (*DEFAULTS, *role.pointer)
    current = None if choice.primary is None else reading.resolver.resolve_name(choice.primary).ref
    primary = refs[0] if first else current
    before = [str(reading.resolver.resolve_name(name).ref) for name in choice.fallbacks or ()]
    # If only the primary was chosen, the old fallbacks are kept.
    fallbacks: list[Value] = [str(ref) for ref in refs if ref != primary] or [
        name for name in before if name != str(primary)
    ]
    if primary == current and before == fallbacks:
        return
    if choice.primary is not None and choice.primary.pointer == pointer:  # written as `model: ref`
        written = choice.primary.text if primary == current else str(primary)
        yield DataChange(Action.SET, pointer, {"primary": written, "fallbacks": fallbacks})
        return
    if primary != current:
        yield DataChange(Action.SET, (*pointer, "primary"), str(primary))
    if before != fallbacks:
        yield DataChange(Action.SET, (*pointer, "fallbacks"), fallbacks)
