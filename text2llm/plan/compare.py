"""``plan FILE``: the changes that give a configuration the values of a partial one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS
from text2llm.config.nodes import Pointer, Value
from text2llm.config.resolve import Resolver
from text2llm.config.roles import read_role
from text2llm.diagnostics import Diagnostic
from text2llm.edit.change import Action, DataChange, format_pointer, value_at
from text2llm.errors import EditError
from text2llm.plan.edits import EditOutcome
from text2llm.refs import ModelRef


def agree_with(reading: Reading, *, wanted: dict[str, Any], notes: tuple[Diagnostic, ...] = ()) -> EditOutcome:
    """The changes that give every key named in ``wanted`` its value; other keys stay as they are.

    A key whose value is null is removed, but among parameters, where null is a value. ``notes`` are about ``wanted``.
    """
    current = dict(reading.config.data)
    names = _Names(reading.resolver, _resolver_after(reading, wanted))
    spelled = _spell_like(wanted, current, (), names)
    return EditOutcome(tuple(_changes_between(_restrict(current, spelled), spelled)), notes)


class _Names(NamedTuple):
    """How names resolve now, and with the wanted values: they may set another default provider."""

    now: Resolver
    wanted: Resolver


def _resolver_after(reading: Reading, wanted: dict[str, Any]) -> Resolver:
    provider = value_at(wanted, (*DEFAULTS, "provider"))
    if not isinstance(provider, str):
        return reading.resolver
    return reading.resolver._replace(config=reading.config._replace(default_provider=provider.strip().lower()))


def _changes_between(current: Value, wanted: Value) -> Iterator[DataChange]:
    from deepdiff import DeepDiff

    seen: set[Pointer] = set()
    # By default it replaces maps that share few keys as a whole, which would lose the keys that are not named.
    levels = DeepDiff(_spell_out(current), _spell_out(wanted), view="tree", threshold_to_diff_deeper=0)
    for level in sorted((level for kind in levels.values() for level in kind), key=lambda level: str(level.path())):
        pointer = _up_to_list(current, tuple(level.path(output_format="list")))
        if pointer not in seen:
            seen.add(pointer)
            yield from _change_value(pointer, value_at(current, pointer), value_at(wanted, pointer))


def _spell_out(value: Value) -> Value:
    """A tree with text leaves: the comparison treats 0 and false in a list as equal."""
    if isinstance(value, dict):
        return {key: _spell_out(item) for key, item in value.items()}
    return list(map(_spell_out, value)) if isinstance(value, list) else repr(value)


def _change_value(pointer: Pointer, old: Value, new: Value) -> Iterator[DataChange]:
    if new is None and not _sends_null(pointer):
        yield DataChange(Action.REMOVE, pointer)
    elif isinstance(old, list) and isinstance(new, list):
        yield from change_list(pointer, old, new)
    else:
        yield DataChange(Action.SET, pointer, new)


def change_list(pointer: Pointer, old: list[Value], new: list[Value]) -> Iterator[DataChange]:
    """The items to remove and to insert, from the end, so that each index is right when it applies."""
    import json
    from difflib import SequenceMatcher

    left, right = ([json.dumps(item, sort_keys=True) for item in items] for items in (old, new))
    for _tag, i1, i2, j1, j2 in reversed(SequenceMatcher(None, left, right, autojunk=False).get_opcodes()):
        if left[i1:i2] == right[j1:j2]:
            continue
        shared = min(i2 - i1, j2 - j1)
        yield from (DataChange(Action.REMOVE, (*pointer, index)) for index in reversed(range(i1 + shared, i2)))
        yield from (
            DataChange(Action.INSERT, (*pointer, i1 + shared), new[j]) for j in reversed(range(j1 + shared, j2))
        )
        yield from (DataChange(Action.SET, (*pointer, i1 + step), new[j1 + step]) for step in range(shared))


def _up_to_list(data: Value, pointer: Pointer) -> Pointer:
    """The pointer to the outermost list above a difference, if any."""
    for depth in range(len(pointer)):
        if isinstance(value_at(data, pointer[:depth]), list):
            return pointer[:depth]
    return pointer


def _restrict(data: Value, named: Value) -> Value:
    """The part of the data that ``named`` has keys for."""
    if isinstance(data, dict) and isinstance(named, dict):
        return {key: _restrict(data[key], item) for key, item in named.items() if key in data}
    return data


def _spell_like(wanted: Any, current: Any, pointer: Pointer, names: _Names) -> Any:
    """``wanted`` with each model spelled as now if the model is the same, else canonically."""
    if _is_choice(pointer):
        wanted = _as_map_like(wanted, current)
    if isinstance(wanted, dict):
        known = current if isinstance(current, dict) else {}
        if _is_params(pointer):
            wanted = _speak_like(wanted, known)
        spelled_keys = _spell_keys(wanted, known, pointer, names)
        return {
            key: _spell_like(item, known.get(key), (*pointer, key), names)
            for key, item in spelled_keys.items()
            if item is not None or key in known or _sends_null((*pointer, key))
        }
    if wanted is None or not _names_models(pointer):
        return wanted
    written = current if isinstance(current, list) else [current]
    spelled = {names.now.resolve(name).ref: name for name in written if isinstance(name, str)}
    if isinstance(wanted, list):
        return [_spell(name, spelled, names) for name in wanted]
    return _spell(wanted, spelled, names)


def _spell_keys(wanted: dict[str, Any], known: dict[str, Any], pointer: Pointer, names: _Names) -> dict[str, Any]:
    spelled: dict[str, Any] = {}
    for written, item in wanted.items():
        key = _spell_key(written, known, pointer, names)
        if key in spelled:
            raise EditError(f"{format_pointer((*pointer, key))} is set twice, in two spellings", hint="keep one")
        spelled[key] = item
    return spelled


def _spell_key(key: str, known: dict[str, Any], pointer: Pointer, names: _Names) -> str:
    """A key as the configuration spells it."""
    match pointer:
        case ("agents", "entries"):
            return _find_same(key, known, str.lower) or key.lower()
        case ("agents", "defaults", "models") | ("agents", "entries", _, "models"):
            wanted = names.wanted.resolve(key).ref
            return next((other for other in known if names.now.resolve(other).ref == wanted), str(wanted))
        case ("models", "providers") | ("auth", "order") | ("agents", "entries", _, "auth", "order"):
            return _find_same(key, known, names.now.spellings.provider) or key
        case ("models", "providers", _, "headers"):
            return _find_same(key, known, str.lower) or key
        case _:
            return key


def _find_same(key: str, known: Iterable[str], spell: Callable[[str], str]) -> str | None:
    """The known key that is a spelling of the same name."""
    return next((other for other in known if spell(other) == spell(key)), None)


def _spell(name: str, spelled: dict[ModelRef, str], names: _Names) -> str:
    ref = names.wanted.resolve(name).ref
    return spelled.get(ref, str(ref))


def _sends_null(pointer: Pointer) -> bool:
    """Whether a null is a value at a pointer: that of a parameter."""
    return any(_is_params(pointer[:length]) for length in range(1, len(pointer)))


def _is_params(pointer: Pointer) -> bool:
    """Whether the value at a pointer is a map of parameters."""
    match pointer:
        case (
            ("models", "providers", _, "params") | ("agents", "defaults", "params") | ("agents", "entries", _, "params")
        ):
            return True
        case ("agents", "defaults", "models" | "roles", _, "params"):
            return True
        case ("agents", "entries", _, "models" | "roles", _, "params"):
            return True
        case _:
            return False


def _speak_like(wanted: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """Parameters, each under the name that the configuration has for the same: beside that one it would do nothing."""
    from text2llm.params.spelling import read_params

    names = {word: key for key, value in known.items() for word in read_params({key: value}) if word != key}
    names |= {key: key for key in known}
    spoken: dict[str, Any] = {}
    for key, item in wanted.items():
        said = read_params({key: item})
        word = next(iter(said), key)
        name = names.get(word, key) if len(said) == 1 else key
        if key in known or name == key or isinstance(known[name], dict):
            spoken[key] = item
        else:
            spoken.setdefault(name, said[word].value)
    return spoken


def _is_choice(pointer: Pointer) -> bool:
    match pointer:
        case ("agents", "defaults", *rest) | ("agents", "entries", _, *rest):
            return (found := read_role(tuple(rest))) is not None and not found[1]
        case _:
            return False


def _as_map_like(wanted: Any, current: Any) -> Any:
    """``model: x`` is the primary alone, on both sides, so that existing fallbacks stay, or an existing primary."""
    if isinstance(wanted, dict) and isinstance(current, str) and wanted:
        return {"primary": current, **wanted}
    return {"primary": wanted} if isinstance(wanted, str) and isinstance(current, dict) else wanted


def _names_models(pointer: Pointer) -> bool:
    """Whether the value at a pointer is a model's name, or a list of them."""
    return _is_choice(pointer) or (_is_choice(pointer[:-1]) and pointer[-1] in ("primary", "fallbacks"))
