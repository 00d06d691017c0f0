"""What an environment's file must say, so that the configuration under it has given data. Pure.

An edit is computed on the merged data; the changes of the file are the difference, leaf by leaf, in the form in which
the two are merged. Each round says what is missing, and merges again: what a change brings back is seen by the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any

from text2llm.config.document import Document, drop_empty
from text2llm.config.merge import ROOT, KeyNames, MergePlace, Spell, merge_environment, spell_keys
from text2llm.config.model import DEFAULTS
from text2llm.config.nodes import Pointer
from text2llm.edit.change import Action, DataChange, apply_changes
from text2llm.edit.yaml.verify import same_data
from text2llm.errors import EditError
from text2llm.plan.compare import change_list

#: What one round brings back is a part of what it changed, so that each goes deeper into the data.
_MAX_ROUNDS = 50
_GONE: Any = object()
_MODELS: Pointer = (*DEFAULTS, "models")


class _Turn(IntEnum):
    """When a difference is settled: a later one can settle itself by an earlier one."""

    SET = 0
    REMOVE = 1
    REPEAT = 2


def find_layer_changes(
    base: Mapping[str, Any], document: Document, wanted: Mapping[str, Any], names: KeyNames, name: str
) -> tuple[tuple[DataChange, ...], list[Pointer]]:
    """The changes of an environment's file by which the configuration under it has the data ``wanted``.

    Also the pointers of the lists of ``base`` that it has its own of from now on. What is equal to the base's is not
    written, and a key of the file that becomes so is removed.

    Raises:
        EditError: the file cannot say it.
    """
    layer: Any = drop_empty(document)
    made, own = list[DataChange](), list[Pointer]()
    for _ in range(_MAX_ROUNDS):
        merged, _ = merge_environment(base, name, document._replace(root=None, data=layer), names)
        differences = list(_find_differences(merged, wanted, ROOT, ()))
        if not differences:
            return tuple(made), own
        speaker = _Speaker(base, spell_keys(base, layer, names.spellings))
        turns = [(speaker.find_turn(layer, *each), each) for each in differences]
        now = min(turn for turn, _ in turns)
        for pointer, value in (each for turn, each in turns if turn is now):
            if isinstance(value, list) and speaker.inherits(layer, pointer):
                own.append(pointer)
            changes = list(speaker.say(layer, pointer, value))
            layer = apply_changes(layer, changes)
            made += changes
    raise EditError(f"the file of the environment {name} cannot say this", hint="edit it by hand")


def _find_differences(now: Any, wanted: Any, place: MergePlace, at: Pointer) -> Iterator[tuple[Pointer, Any]]:
    """The pointers whose values differ, with the wanted one, :data:`_GONE` for none."""
    if now is wanted:  # most of a large configuration is shared
        return
    if place.choice:
        now, wanted = _expand(now), _expand(wanted)
    if not isinstance(now, dict) or not isinstance(wanted, dict):
        if not same_data(now, wanted):
            yield at, wanted
        return
    for key, value in wanted.items():
        if key in now:
            yield from _find_differences(now[key], value, place.step(key), (*at, key))
        else:
            yield (*at, key), value
    for key, value in now.items():
        if key not in wanted and not (at == _MODELS and value == {}):  # it says nothing of a model
            yield (*at, key), _GONE


def _agree(inherited: Any, value: Any) -> bool:
    if inherited is _GONE or value is _GONE:
        return False
    return same_data(inherited, _expand(value) if isinstance(inherited, dict) else value)


def _expand(choice: Any) -> Any:
    return {"primary": choice} if isinstance(choice, str) else choice


class _Speaker:
    """Says values in the file of an environment over ``base``."""

    def __init__(self, base: Mapping[str, Any], spell: Mapping[str, Spell]) -> None:
        self._base, self._spell = base, spell

    def find_turn(self, layer: Any, pointer: Pointer, value: Any) -> _Turn:
        _, rest, node = self._find(layer, pointer)
        if rest and (not isinstance(node, str) or rest[0] != "primary"):
            old = self._find_inherited(pointer)
            if value is _GONE:
                return _Turn.REMOVE
            if _agree(old, value) and node is not None:
                return _Turn.REPEAT
        elif value is _GONE and self._find_inherited(pointer) is not _GONE:
            return _Turn.REMOVE
        return _Turn.SET

    def inherits(self, layer: Any, pointer: Pointer) -> bool:
        """Whether a list at ``pointer`` is the base's."""
        _, rest, _ = self._find(layer, pointer)
        return bool(rest) and isinstance(self._find_inherited(pointer), list)

    def say(self, layer: Any, pointer: Pointer, value: Any) -> Iterator[DataChange]:
        inner, rest, node = self._find(layer, pointer)
        old = self._find_inherited(pointer)
        is_own = not rest or (isinstance(node, str) and rest == ("primary",))
        if is_own and (old is value is _GONE or _agree(old, value)):
            yield DataChange(Action.REMOVE, self._find_outermost(layer, inner, pointer))
            return
        value = None if value is _GONE else value
        if isinstance(node, str) and rest:
            yield _say_in_choice(inner, rest, node, value)
        elif not rest and isinstance(node, list) and isinstance(value, list):
            yield from change_list(inner, node, value)
        else:
            yield DataChange(Action.SET, (*inner, *_shorten(rest, pointer, value)), value)

    def _find(self, layer: Any, pointer: Pointer) -> tuple[Pointer, Pointer, Any]:
        """As much of a pointer as the file has, in its own spelling, the rest, and the value that is there."""
        node, place, inner = layer, ROOT, list[str]()
        for at, key in enumerate(map(str, pointer)):
            name = place.find_key(node, key, self._spell) if isinstance(node, dict) else None
            if name is None:
                return tuple(inner), pointer[at:], node
            node, place = node[name], place.step(key)
            inner.append(name)
        return tuple(inner), (), node

    def _find_inherited(self, pointer: Pointer) -> Any:
        """The base's value, :data:`_GONE` for none."""
        node: Any = self._base
        place = ROOT
        for key in map(str, pointer):
            node = _expand(node) if place.choice else node
            if not isinstance(node, dict) or key not in node:
                return _GONE
            node, place = node[key], place.step(key)
        return _expand(node) if place.choice and isinstance(node, str) else node

    def _find_outermost(self, layer: Any, inner: Pointer, pointer: Pointer) -> Pointer:
        """The pointer to the outermost map that is empty without the value at ``inner``, and that the base has too."""
        maps = [layer]
        for step in inner[:-1]:
            maps.append(maps[-1][step])
        length = len(inner)
        while (
            length > 1 and len(maps[length - 1]) == 1 and isinstance(self._find_inherited(pointer[: length - 1]), dict)
        ):
            length -= 1
        return inner[:length]


def _say_in_choice(inner: Pointer, rest: Pointer, primary: str, value: Any) -> DataChange:
    """A value beside the primary, or in its place, where a plain string is written."""
    if rest == ("primary",):
        return DataChange(Action.SET, inner, {"primary": None} if value is None else value)
    for step in reversed(rest[1:]):
        value = {str(step): value}
    return DataChange(Action.SET, inner, {"primary": primary, str(rest[0]): value})


def _shorten(rest: Pointer, pointer: Pointer, value: Any) -> Pointer:
    """A primary is written as a plain string where nothing else of the choice is."""
    place = ROOT
    for step in pointer[:-1]:
        place = place.step(str(step))
    is_short = place.choice and len(rest) > 1 and rest[-1] == "primary" and isinstance(value, str)
    return rest[:-1] if is_short else rest
