"""A model choice as one place of a configuration has it, and the changes of its list. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS, ModelChoice
from text2llm.config.nodes import Pointer, Value
from text2llm.config.roles import Role
from text2llm.edit.change import Action, DataChange
from text2llm.refs import ModelRef


def find_choice(reading: Reading, role: Role, agent: str | None) -> tuple[ModelChoice, Pointer]:
    """The own settings of an agent (``None``: the defaults) for a role, and the pointer to them."""
    config = reading.config
    if agent is None:
        return config.defaults.get(role, ModelChoice()), (*DEFAULTS, *role.pointer)
    settings = config.agent(agent)
    if settings is None:
        return ModelChoice(), ("agents", "entries", agent, *role.pointer)
    return settings.choices.get(role, ModelChoice()), (*settings.pointer, *role.pointer)


def is_string(choice: ModelChoice, pointer: Pointer) -> bool:
    """Whether the role is written as ``model: ref``, without a map."""
    return choice.primary is not None and choice.primary.pointer == pointer


def find_items(reading: Reading, choice: ModelChoice, ref: ModelRef) -> list[int]:
    """The indices of a model among a choice's own fallbacks."""
    names = choice.fallbacks or ()
    return [index for index, name in enumerate(names) if reading.resolver.resolve_name(name).ref == ref]


def remove_items(pointer: Pointer, indices: Sequence[int]) -> tuple[DataChange, ...]:
    return tuple(DataChange(Action.REMOVE, (*pointer, "fallbacks", index)) for index in reversed(indices))


def set_fallbacks(choice: ModelChoice, pointer: Pointer, fallbacks: list[Value]) -> DataChange:
    if choice.primary is not None and is_string(choice, pointer):
        return DataChange(Action.SET, pointer, {"primary": choice.primary.text, "fallbacks": fallbacks})
    return DataChange(Action.SET, (*pointer, "fallbacks"), fallbacks)
