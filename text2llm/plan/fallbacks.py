"""The edits of the models that are tried after a primary. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from text2llm.auth.reading import Reading
from text2llm.config.model import ModelChoice
from text2llm.config.nodes import Value
from text2llm.config.roles import Role
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.edit.change import Action, DataChange
from text2llm.errors import EditError
from text2llm.plan.arguments import environment_option, name_argument, resolve_argument
from text2llm.plan.choice import find_choice, find_items, remove_items, set_fallbacks
from text2llm.plan.edits import EditOutcome
from text2llm.refs import ModelRef


def add_fallbacks(
    reading: Reading, *, names: Sequence[str], role: Role, agent: str | None, force: bool = False
) -> EditOutcome:
    """Append models to a chain in their order, without those that it has already."""
    chain = reading.resolver.chain(agent, role)
    present, added, notes = {member.ref for member in chain.fallbacks}, list[ModelRef](), list[Diagnostic]()
    for name in names:
        argument = name_argument(name, f"{role.words.group} add{role.words.option}", role, agent, force=force)
        wanted, found = resolve_argument(reading, argument)
        notes += found
        if chain.primary is not None and chain.primary.ref == wanted:
            notes.append(_warn_primary(wanted))
        elif wanted not in present:
            present.add(wanted)
            added.append(wanted)
    return EditOutcome(_append(reading, role, agent, list(map(str, added))) if added else (), tuple(notes), force)


def _append(reading: Reading, role: Role, agent: str | None, added: list[str]) -> tuple[DataChange, ...]:
    choice, pointer = find_choice(reading, role, agent)
    if choice.fallbacks is None:
        return (set_fallbacks(choice, pointer, [*_list_inherited(reading, role, agent), *added]),)
    first = len(choice.fallbacks)
    places = ((*pointer, "fallbacks", index) for index in range(first, first + len(added)))
    return tuple(DataChange(Action.INSERT, place, text) for place, text in zip(places, added, strict=True))


def _list_inherited(reading: Reading, role: Role, agent: str | None) -> list[Value]:
    """The fallbacks that an agent takes from the defaults, as they are written there."""
    defaults = () if agent is None else reading.config.defaults.get(role, ModelChoice()).fallbacks or ()
    return [fallback.text for fallback in defaults]


def _warn_primary(wanted: ModelRef) -> Diagnostic:
    message = f"{wanted} is already the primary of this chain, so it is not added as a fallback"
    hint = "name another model, or change the primary first"
    return Diagnostic("fallback-duplicate", Severity.WARNING, message, Location("the command line"), hint)


def remove_fallbacks(reading: Reading, *, names: Sequence[str], role: Role, agent: str | None) -> EditOutcome:
    """Remove every spelling of each model from a chain's fallbacks.

    Raises:
        EditError: the chain does not have one of them.
    """
    unwanted = {_find_fallback(reading, name, role, agent) for name in names}
    choice, pointer = find_choice(reading, role, agent)
    if choice.fallbacks is None:
        chain = reading.resolver.chain(agent, role)
        kept: list[Value] = [fallback.text for fallback in chain.fallbacks if fallback.ref not in unwanted]
        return EditOutcome((set_fallbacks(choice, pointer, kept),))
    found = sorted(index for ref in unwanted for index in find_items(reading, choice, ref))
    return EditOutcome(remove_items(pointer, found))


def _find_fallback(reading: Reading, name: str, role: Role, agent: str | None) -> ModelRef:
    wanted = reading.resolver.resolve(name).ref
    if not any(fallback.ref == wanted for fallback in reading.resolver.chain(agent, role).fallbacks):
        hint = f"`{_list_command(reading, role, agent)}` shows them"
        raise EditError(f"{wanted} is not among the {role.words.fallback}s", hint=hint)
    return wanted


def _list_command(reading: Reading, role: Role, agent: str | None) -> str:
    option = ("" if agent is None else f" --agent {agent}") + environment_option(reading)
    return f"text2llm models {role.words.group} list{role.words.option}{option}"


def move_fallback(reading: Reading, *, name: str, position: int, role: Role, agent: str | None) -> EditOutcome:
    """Move a fallback to a position, counted from 1 as ``list`` shows it.

    Raises:
        EditError: the chain does not have it, or not so many fallbacks.
    """
    wanted = _find_fallback(reading, name, role, agent)
    fallbacks = reading.resolver.chain(agent, role).fallbacks
    if not 1 <= position <= len(fallbacks):
        hint = f"`{_list_command(reading, role, agent)}` shows the positions"
        message = f"there is no position {position} among {len(fallbacks)} {role.words.fallback}s"
        raise EditError(message, hint=hint)
    index = next(index for index, fallback in enumerate(fallbacks) if fallback.ref == wanted)
    if index == position - 1:
        return EditOutcome(())
    choice, pointer = find_choice(reading, role, agent)
    if choice.fallbacks is not None:
        return EditOutcome((DataChange(Action.MOVE, (*pointer, "fallbacks", index), position - 1),))
    moved: list[Value] = [fallback.text for fallback in fallbacks]
    moved.insert(position - 1, moved.pop(index))
    return EditOutcome((set_fallbacks(choice, pointer, moved),))


def clear_fallbacks(reading: Reading, *, role: Role, agent: str | None) -> EditOutcome:
    """Set an empty list, for an agent that inherits fallbacks too."""
    choice, pointer = find_choice(reading, role, agent)
    if choice.fallbacks is not None:
        return EditOutcome(remove_items(pointer, range(len(choice.fallbacks))))
    inherited = reading.resolver.chain(agent, role).fallbacks
    return EditOutcome((set_fallbacks(choice, pointer, []),) if inherited else ())
