"""What each layer of a configuration says about a value: which one counts, and what it hides. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from text2llm.config.merge import EnvironmentLayer
from text2llm.config.model import Config
from text2llm.config.nodes import Pointer, Value
from text2llm.diff.values import show_value
from text2llm.edit.change import format_pointer
from text2llm.explain.explanation import Step, StepSource

_BASE = "the configuration"


def trace_layers(pointer: Pointer, config: Config) -> tuple[Step, ...]:
    """One step for each layer that says something about a value, the one that counts first.

    Nothing without an environment, or if that says nothing about it.
    """
    return () if config.environment is None else tuple(_trace(pointer, config, config.environment))


def restore_removed(config: Config) -> dict[str, Any]:
    """The data with what the environment removes still in it, so that it can be named."""
    data: Any = dict(config.data)
    for pointer in () if config.environment is None else config.environment.removed:
        document, inner = config.base_owner(pointer)
        value = _read(document.data, inner)
        data = _put(data, pointer, {} if value is None else value)
    return dict(data)


def _put(data: Any, pointer: Pointer, value: Value) -> Any:
    if not pointer:
        return value
    known = data if isinstance(data, dict) else {}
    return {**known, pointer[0]: _put(known.get(pointer[0]), pointer[1:], value)}


def _trace(pointer: Pointer, config: Config, layer: EnvironmentLayer) -> Iterator[Step]:
    place = layer.find_place(pointer)
    removed = _find_removed(pointer, layer)
    if place.own:
        shown = _show(pointer, _read(layer.document.data, place.inner))
        yield Step(f"{layer.name} sets {shown}", StepSource.FILE, layer.document.locate(place.inner))
        yield from _trace_taken(place.inner, config, layer)
        yield from _trace_base(pointer, "hidden", config)
    elif removed is not None:
        yield Step(f"{layer.name} removes it", StepSource.FILE, layer.document.locate(removed))
        yield from _trace_base(pointer, "removed", config)
    elif pointer in layer.taken:
        inner = layer.taken[pointer]
        yield Step(f"{layer.name} gives it to another", StepSource.FILE, layer.document.locate(inner))
        yield from _trace_base(pointer, "taken over", config)
    else:
        yield from _trace_below(pointer, layer)


def _find_removed(pointer: Pointer, layer: EnvironmentLayer) -> Pointer | None:
    """Where the layer removes a value, or what it is part of."""
    parts = (pointer[:length] for length in range(len(pointer), 0, -1))
    return next((layer.removed[part] for part in parts if part in layer.removed), None)


def _trace_taken(inner: Pointer, config: Config, layer: EnvironmentLayer) -> Iterator[Step]:
    """From whom the layer takes what it gives at ``inner``."""
    for pointer, taker in layer.taken.items():
        if taker == inner:
            document, base = config.base_owner(pointer)
            yield Step(f"taken over from {format_pointer(pointer)}", StepSource.FILE, document.locate(base))


def _trace_base(pointer: Pointer, fate: str, config: Config) -> Iterator[Step]:
    document, inner = config.base_owner(pointer)
    value = _read(document.data, inner)
    if value is not None:
        shown = _show(pointer, value)
        yield Step(f"{fate}: {_BASE} sets {shown}", StepSource.FILE, document.locate(inner))


def _trace_below(pointer: Pointer, layer: EnvironmentLayer) -> Iterator[Step]:
    """That the layer changes a part of a map."""
    own = {at: place.inner for at, place in layer.places.items() if place.own}
    changed = [inner for at, inner in {**own, **layer.removed}.items() if at[: len(pointer)] == pointer]
    if changed:
        yield Step(f"{layer.name} changes a part of it", StepSource.FILE, layer.document.locate(changed[0]))


def _read(data: Any, pointer: Pointer) -> Value:
    """The value at a pointer; a plain string is its own primary."""
    for step in pointer:
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        elif not (isinstance(data, str) and step == "primary"):
            return None
    value: Value = data
    return value


def _show(pointer: Pointer, value: Value) -> str:
    """A value in words; one of a provider may be a credential, and is not shown."""
    return "it" if pointer[:2] == ("models", "providers") else show_value(value)
