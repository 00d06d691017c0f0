"""The changes that each editing command makes to a configuration. Pure; the text comes later.

Each is a function of a Reading, with its arguments bound, that returns an :class:`EditOutcome`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from shlex import quote
from typing import TypeAlias

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS, AliasEntry, Config, Name
from text2llm.config.nodes import Value
from text2llm.config.roles import MAIN, Role
from text2llm.config.suggest import find_near
from text2llm.diagnostics import Diagnostic, Location
from text2llm.edit.change import Action, DataChange
from text2llm.errors import EditError
from text2llm.plan.arguments import Argument, name_argument, resolve_argument
from text2llm.plan.choice import find_choice, find_items, is_string, remove_items
from text2llm.refs import ModelRef, parse_alias


@dataclass(frozen=True, slots=True)
class EditOutcome:
    """What an edit changes, if anything; ``notes`` are warnings about its arguments.

    With ``force`` it may bring in a model that has retired; ``None``: its command has no such option.
    """

    changes: tuple[DataChange, ...]
    notes: tuple[Diagnostic, ...] = ()
    force: bool | None = None


Edit: TypeAlias = Callable[[Reading], EditOutcome]


def set_primary(reading: Reading, *, name: str, role: Role, agent: str | None, force: bool = False) -> EditOutcome:
    """Make a model the primary of a role. It is taken out of the fallbacks of the same map; others stay."""
    argument = name_argument(name, role.words.command, role, agent, force=force)
    wanted, notes = resolve_argument(reading, argument)
    choice, pointer = find_choice(reading, role, agent)
    changes = list(remove_items(pointer, find_items(reading, choice, wanted)))
    if choice.primary is None or reading.resolver.resolve_name(choice.primary).ref != wanted:
        target = pointer if is_string(choice, pointer) else (*pointer, "primary")
        changes.insert(0, DataChange(Action.SET, target, str(wanted)))
    return EditOutcome(tuple(changes), notes, force)


def prefer_provider(reading: Reading, *, provider: str, agent: str | None) -> EditOutcome:
    """Make the first model of a provider (a canonical id) in the configuration the primary one.

    Raises:
        EditError: the configuration mentions no model of the provider.
    """
    for ref in _mentioned_models(reading, agent):
        if ref.provider == provider:
            return replace(set_primary(reading, name=str(ref), role=MAIN, agent=agent, force=True), force=None)
    raise EditError(
        f"the configuration mentions no model of {provider}, so none can become the default",
        hint=f"choose one: text2llm models set {provider}/MODEL",
    )


def _mentioned_models(reading: Reading, agent: str | None) -> Iterator[ModelRef]:
    """The models of the chain, then those with settings, then those that configured providers declare."""
    yield from (member.ref for member in reading.resolver.chain(agent, MAIN).members())
    yield from (reading.resolver.resolve_name(name).ref for name in reading.config.models)
    for custom in reading.config.providers.values():
        yield from (reading.resolver.resolve(f"{custom.id}/{model.id}").ref for model in custom.models)


def add_alias(reading: Reading, *, alias: str, name: str, force: bool) -> EditOutcome:
    """Give a model another alias; an alias of an alias is one of the model that it resolves to.

    Raises:
        EditError: the alias belongs to another model, and ``force`` is not set.
    """
    if "/" in alias and "/" not in name:
        raise EditError(f"{alias!r} is a model, not an alias", hint=f"the alias comes first: {name} {alias}")
    parse_alias(alias)
    wanted, notes = resolve_argument(
        reading, Argument(name, f"models aliases add {quote(alias)} {{}}", force=force, chat=False)
    )
    taken = [entry for entry in reading.config.aliases if entry.alias.casefold() == alias.casefold()]
    owners = [reading.resolver.resolve_name(entry.model).ref for entry in taken]
    if wanted in owners:
        return EditOutcome((), notes)
    if taken and not force:
        place = reading.config.locate(taken[0].pointer)
        raise EditError(
            f"the alias {taken[0].alias!r} already points to {owners[0]}", hint="--force repoints it", location=place
        )
    released = [change for entry in reversed(taken) for change in _release_alias(reading.config, entry)]
    # The new place first: a map that loses its last entry is written as an empty one, without its style.
    return EditOutcome((_attach_alias(reading, alias, wanted), *released), notes, force)


def remove_alias(reading: Reading, *, alias: str) -> EditOutcome:
    """Remove an alias, ignoring case.

    Raises:
        EditError: it is unknown or in use.
    """
    entries = [entry for entry in reading.config.aliases if entry.alias.casefold() == alias.strip().casefold()]
    if not entries:
        near = find_near(alias, (entry.alias for entry in reading.config.aliases))
        hint = f"did you mean {near!r}?" if near else "`text2llm models aliases list` shows them"
        raise EditError(f"unknown alias: {alias!r}", hint=hint)
    uses = list(alias_uses(reading, alias))
    if uses:
        lines = ", ".join(f"{place.path}:{place.line}" for place in uses)
        raise EditError(f"the alias {entries[0].alias!r} is in use: {lines}", hint="change those lines first")
    return EditOutcome(tuple(change for entry in reversed(entries) for change in _release_alias(reading.config, entry)))


def alias_uses(reading: Reading, alias: str) -> Iterator[Location]:
    """Where chains use an alias."""
    for name in reading.config.chain_names():
        if name.text.strip().casefold() == alias.strip().casefold():
            yield reading.config.locate(name.pointer)


def _release_alias(config: Config, entry: AliasEntry) -> Iterator[DataChange]:
    """Remove one alias from its model, and an ``alias`` list or entry that becomes empty."""
    siblings = [other for other in config.aliases if other.model.pointer == entry.model.pointer]
    if len(siblings) > 1:
        yield DataChange(Action.REMOVE, entry.pointer)
        return
    settings = _entry_settings(config, entry.model)
    place = entry.model.pointer if len(settings) == 1 else (*entry.model.pointer, "alias")
    yield DataChange(Action.REMOVE, place)


def _attach_alias(reading: Reading, alias: str, ref: ModelRef) -> DataChange:
    written = next((name for name in reading.config.models if reading.resolver.resolve_name(name).ref == ref), None)
    if written is None:
        return DataChange(Action.SET, (*DEFAULTS, "models", str(ref)), {"alias": alias})
    place = (*written.pointer, "alias")
    current = _entry_settings(reading.config, written).get("alias")
    if isinstance(current, list):
        return DataChange(Action.INSERT, (*place, len(current)), alias)
    return DataChange(Action.SET, place, alias if current is None else [current, alias])


def _entry_settings(config: Config, model: Name) -> dict[str, Value]:
    value = config.value_at(model.pointer)
    return value if isinstance(value, dict) else {}
