"""The changes that each editing command makes to a configuration. Pure; the text comes later.

Each is a function of a Reading, with its arguments bound, that returns an :class:`EditOutcome`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS, AliasEntry, Config, ModelChoice, Name
from text2llm.config.nodes import Pointer, Value
from text2llm.config.resolve import Resolved, Via
from text2llm.config.roles import MAIN, Role
from text2llm.config.suggest import find_near
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.edit.change import Action, DataChange
from text2llm.errors import EditError, ReferenceFormatError
from text2llm.refs import ModelRef, parse_alias


@dataclass(frozen=True, slots=True)
class EditOutcome:
    """What an edit changes, if anything; ``notes`` are warnings about its arguments.

    With ``force`` it may bring in a model that has retired.
    """

    changes: tuple[DataChange, ...]
    notes: tuple[Diagnostic, ...] = ()
    force: bool = False


Edit: TypeAlias = Callable[[Reading], EditOutcome]


def set_primary(reading: Reading, *, name: str, role: Role, agent: str | None) -> EditOutcome:
    """Make a model the primary of a role; its fallbacks stay."""
    wanted, notes = _resolve_argument(reading, name)
    choice, pointer = _choice(reading, role, agent)
    if choice.primary is not None and reading.resolver.resolve_name(choice.primary).ref == wanted:
        return EditOutcome((), notes)
    target = pointer if _is_string(choice, pointer) else (*pointer, "primary")
    return EditOutcome((DataChange(Action.SET, target, str(wanted)),), notes)


def prefer_provider(reading: Reading, *, provider: str, agent: str | None) -> EditOutcome:
    """Make the first model of a provider (a canonical id) in the configuration the primary one.

    Raises:
        EditError: the configuration mentions no model of the provider.
    """
    for ref in _mentioned_models(reading, agent):
        if ref.provider == provider:
            return set_primary(reading, name=str(ref), role=MAIN, agent=agent)
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


def add_fallback(reading: Reading, *, name: str, role: Role, agent: str | None) -> EditOutcome:
    """Append a model to a chain, unless the chain has it already."""
    wanted, notes = _resolve_argument(reading, name)
    chain = reading.resolver.chain(agent, role)
    if chain.primary is not None and chain.primary.ref == wanted:
        return EditOutcome((), (*notes, _warn_primary(wanted)))
    if any(member.ref == wanted for member in chain.fallbacks):
        return EditOutcome((), notes)
    choice, pointer = _choice(reading, role, agent)
    if choice.fallbacks is not None:
        place = (*pointer, "fallbacks", len(choice.fallbacks))
        return EditOutcome((DataChange(Action.INSERT, place, str(wanted)),), notes)
    defaults = () if agent is None else reading.config.defaults.get(role, ModelChoice()).fallbacks or ()
    inherited: list[Value] = [fallback.text for fallback in defaults]
    return EditOutcome((_set_fallbacks(choice, pointer, [*inherited, str(wanted)]),), notes)


def remove_fallback(reading: Reading, *, name: str, role: Role, agent: str | None) -> EditOutcome:
    """Remove every spelling of a model from a chain's fallbacks.

    Raises:
        EditError: the chain does not have it.
    """
    wanted = reading.resolver.resolve(name).ref
    chain = reading.resolver.chain(agent, role)
    if not any(fallback.ref == wanted for fallback in chain.fallbacks):
        words = role.words
        hint = f"`text2llm models {words.group} list{words.option}` shows them"
        raise EditError(f"{wanted} is not among the {words.fallback}s", hint=hint)
    choice, pointer = _choice(reading, role, agent)
    if choice.fallbacks is None:
        kept: list[Value] = [fallback.text for fallback in chain.fallbacks if fallback.ref != wanted]
        return EditOutcome((_set_fallbacks(choice, pointer, kept),))
    found = [index for index, fallback in enumerate(chain.fallbacks) if fallback.ref == wanted]
    return EditOutcome(_remove_items(pointer, found))


def clear_fallbacks(reading: Reading, *, role: Role, agent: str | None) -> EditOutcome:
    """Set an empty list, for an agent that inherits fallbacks too."""
    choice, pointer = _choice(reading, role, agent)
    if choice.fallbacks is not None:
        return EditOutcome(_remove_items(pointer, range(len(choice.fallbacks))))
    inherited = reading.resolver.chain(agent, role).fallbacks
    return EditOutcome((_set_fallbacks(choice, pointer, []),) if inherited else ())


def add_alias(reading: Reading, *, alias: str, name: str, force: bool) -> EditOutcome:
    """Give a model another alias; an alias of an alias is one of the model that it resolves to.

    Raises:
        EditError: the alias belongs to another model, and ``force`` is not set.
    """
    if "/" in alias and "/" not in name:
        raise EditError(f"{alias!r} is a model, not an alias", hint=f"the alias comes first: {name} {alias}")
    parse_alias(alias)
    wanted, notes = _resolve_argument(reading, name)
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
    return EditOutcome((_attach_alias(reading, alias, wanted), *released), notes)


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


def _resolve_argument(reading: Reading, name: str) -> tuple[ModelRef, tuple[Diagnostic, ...]]:
    """The model of an argument, with a warning for an unknown bare name."""
    if not name.strip():
        raise ReferenceFormatError(f"invalid model reference: {name!r}", hint="write provider/model or an alias")
    resolved = reading.resolver.resolve(name)
    return resolved.ref, (warn_bare(reading, resolved),) if resolved.via is Via.BARE else ()


def warn_bare(reading: Reading, resolved: Resolved) -> Diagnostic:
    """The warning about an unknown name on the command line, with suggestions."""
    from text2llm.catalog.bundle import load_bundle  # most edits use known names
    from text2llm.rules.names import near_models

    near = near_models(resolved.text.strip(), reading.config, reading.resolver, load_bundle())
    hint = f"did you mean {' or '.join(near)}?" if near else "write provider/model, or add an alias first"
    message = f"{resolved.text.strip()!r} is neither an alias nor a known model; resolved to {resolved.ref}"
    return Diagnostic("bare-reference", Severity.WARNING, message, Location("the command line"), hint)


def _warn_primary(wanted: ModelRef) -> Diagnostic:
    message = f"{wanted} is already the primary of this chain, so it is not added as a fallback"
    hint = "name another model, or change the primary first"
    return Diagnostic("fallback-duplicate", Severity.WARNING, message, Location("the command line"), hint)


def _choice(reading: Reading, role: Role, agent: str | None) -> tuple[ModelChoice, Pointer]:
    """The own settings of an agent (``None``: the defaults) for a role, and the pointer to them."""
    config = reading.config
    if agent is None:
        return config.defaults.get(role, ModelChoice()), (*DEFAULTS, *role.pointer)
    settings = config.agent(agent)
    if settings is None:
        return ModelChoice(), ("agents", "entries", agent, *role.pointer)
    return settings.choices.get(role, ModelChoice()), (*settings.pointer, *role.pointer)


def _is_string(choice: ModelChoice, pointer: Pointer) -> bool:
    """Whether the role is written as ``model: ref``, without a map."""
    return choice.primary is not None and choice.primary.pointer == pointer


def _set_fallbacks(choice: ModelChoice, pointer: Pointer, fallbacks: list[Value]) -> DataChange:
    if choice.primary is not None and _is_string(choice, pointer):
        return DataChange(Action.SET, pointer, {"primary": choice.primary.text, "fallbacks": fallbacks})
    return DataChange(Action.SET, (*pointer, "fallbacks"), fallbacks)


def _remove_items(pointer: Pointer, indices: Sequence[int]) -> tuple[DataChange, ...]:
    return tuple(DataChange(Action.REMOVE, (*pointer, "fallbacks", index)) for index in reversed(indices))


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
