"""What an edit of a configuration means under its environments: what it breaks, and what hides it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from text2llm.config.document import Document
from text2llm.config.load import Loaded
from text2llm.config.merge import ROOT, MergePlace, find_place
from text2llm.config.model import Config
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.edit.change import Action, DataChange
from text2llm.errors import EditError, Text2llmError
from text2llm.plan.checks import Checks, new_warnings, place_before
from text2llm.plan.edits import Edit, EditOutcome
from text2llm.plan.layered import Layered


def explain_only_there(layered: Layered, edit: Edit, checks: Checks, error: Text2llmError) -> Text2llmError:
    """The error of an edit that the configuration alone refuses: it names an environment that has what is edited."""
    for name in () if layered.chosen else layered.environments:
        config = layered.load(name).config
        location = None if config is None else _find_own(config, edit, checks)
        if location is not None:
            message = f"{error.message}; only {name} has it: {location.path}:{location.line}"
            return EditError(message, hint=f"--env {name} edits that file", location=location)
    return error


def refuse_known_only_there(layered: Layered, edit: Edit, checks: Checks, outcome: EditOutcome) -> None:
    """Refuse a name that means nothing in the configuration alone, and something in an environment.

    Raises:
        EditError: it names the environment.
    """
    unknown = next(filter(_is_unknown, outcome.notes), None)
    for name in () if layered.chosen or outcome.force or unknown is None else layered.environments:
        config = layered.load(name).config
        if config is not None and unknown is not None and _knows_all(config, edit, checks):
            assert config.environment is not None
            path = config.environment.document.path
            hint = f"--env {name} edits that file; write provider/model for all"
            raise EditError(f"{unknown.message}; only {name} has it: {path}", hint=hint, location=Location(path))


def _is_unknown(note: Diagnostic) -> bool:
    return note.rule == "bare-reference"


def _knows_all(config: Config, edit: Edit, checks: Checks) -> bool:
    try:
        return not any(map(_is_unknown, edit(checks.read(config)).notes))
    except Text2llmError:
        return False


def _find_own(config: Config, edit: Edit, checks: Checks) -> Location | None:
    """Where an environment sets what an edit changes under it; its file if all is so there already."""
    try:
        changes = edit(checks.read(config)).changes
    except Text2llmError:
        return None
    layer = config.environment
    assert layer is not None
    for change in changes:
        place = find_place(layer.places, change.pointer)
        if place is not None and place.own:
            return layer.document.locate(place.inner, key=True)
    return None if changes else Location(layer.document.path)


def check_others(
    before: Layered, after: Layered, outcome: EditOutcome, checks: Checks, edited: tuple[Document, Document]
) -> tuple[dict[str, tuple[Config, Config]], Iterator[Diagnostic]]:
    """The configuration before and after an edit under each environment, and the warnings that it adds there.

    Raises:
        EditError: it adds an error there.
    """
    views, hidden = dict[str, tuple[Config, Config]](), list[Diagnostic]()
    notes = dict[tuple[str, str], tuple[Diagnostic, list[str]]]()
    for name in before.environments:
        old, new = before.load(name).config, after.load(name)
        if old is not None:  # else it is wrong already
            for note in _check(name, old, new, outcome, checks, edited):
                notes.setdefault((note.rule, note.message), (note, []))[1].append(name)
            views[name] = old, new.require()
            hidden += _tell_hidden(name, new.require(), outcome.changes)
    return views, chain((_tell_names(note, names) for note, names in notes.values()), hidden)


def _check(  # noqa: PLR0913, PLR0917 - a configuration before and after, and what it must meet
    name: str, old: Config, new: Loaded, outcome: EditOutcome, checks: Checks, edited: tuple[Document, Document]
) -> Iterator[Diagnostic]:
    if new.config is None:
        first = next(place_before([new.first_error()], *edited))
        message = f"under {name}, this edit would break the configuration: {first.message}"
        raise EditError(message, hint=first.hint, location=first.location)
    try:
        yield from new_warnings(checks.rules(old), list(place_before(checks.rules(new.config), *edited)), outcome)
    except EditError as error:
        raise EditError(f"under {name}, {error.message}", hint=error.hint, location=error.location) from error


def _tell_names(note: Diagnostic, names: list[str]) -> Diagnostic:
    return note._replace(message=f"{note.message} [{', '.join(names)}]")


def _tell_hidden(name: str, config: Config, changes: tuple[DataChange, ...]) -> Iterator[Diagnostic]:
    """What of an edit an environment hides, by the configuration after it."""
    places = (find_hiding(config, leaf) for change in changes for leaf in _list_leaves(change))
    for place in dict.fromkeys(filter(None, places)):
        message = f"{name}: {place.path}:{place.line} hides it"
        yield Diagnostic("hidden-edit", Severity.INFO, message, place, None)


def find_hiding(config: Config, pointer: Pointer) -> Location | None:
    """Where an environment sets or removes what the configuration has at ``pointer``, or gives it to another."""
    layer = config.environment
    assert layer is not None
    own = find_place(layer.places, pointer)
    inner = own.inner if own is not None and own.own else layer.taken.get(pointer)
    for length in range(len(pointer), 0, -1):
        inner = inner or layer.removed.get(pointer[:length])
    return None if inner is None else layer.document.locate(inner, key=True)


def _list_leaves(change: DataChange) -> Iterator[Pointer]:
    """The pointers to the values that a change sets, in the form in which environments are merged."""
    place = ROOT
    for step in change.pointer:
        place = place.step(str(step))
    yield from _find_leaves(change.pointer, change.value if change.action is Action.SET else None, place)


def _find_leaves(pointer: Pointer, value: Any, place: MergePlace) -> Iterator[Pointer]:
    if place.choice and isinstance(value, str):
        yield (*pointer, "primary")
    elif isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _find_leaves((*pointer, key), item, place.step(key))
    else:
        yield pointer
