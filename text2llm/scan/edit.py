"""What was chosen, as one edit of the configuration. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS, ModelChoice, Slot
from text2llm.config.nodes import Value
from text2llm.edit.change import Action, DataChange
from text2llm.plan.edits import EditOutcome
from text2llm.refs import ModelRef
from text2llm.scan.rank import Proposal


def adopt(reading: Reading, *, chosen: Proposal, set_default: bool, set_image: bool) -> EditOutcome:
    """Make the chosen models the fallbacks of the defaults; with ``set_default`` and ``set_image`` the first primary.

    Those for images go where an image model is set already: who has none wants none.
    """
    images = set_image or _choice(reading, Slot.IMAGE_MODEL).primary is not None
    changes = list(_replace(reading, Slot.MODEL, chosen.fallbacks, first=set_default))
    if images:
        changes += _replace(reading, Slot.IMAGE_MODEL, chosen.images, first=set_image)
    return EditOutcome(tuple(changes))


def _choice(reading: Reading, slot: Slot) -> ModelChoice:
    return reading.config.defaults.get(slot, ModelChoice())


def _replace(reading: Reading, slot: Slot, refs: tuple[ModelRef, ...], *, first: bool) -> Iterator[DataChange]:
    """The changes of one slot. A primary is no fallback of its own."""
    if not refs:
        return
    choice, pointer = _choice(reading, slot), (*DEFAULTS, slot.value)
    current = None if choice.primary is None else reading.resolver.resolve_name(choice.primary).ref
    primary = refs[0] if first else current
    before = [str(reading.resolver.resolve_name(name).ref) for name in choice.fallbacks or ()]
    # Nothing is left of what was chosen but the primary: better the old fallbacks than none.
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
