"""Values of a file, compared and shown. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text2llm.review.both import Both


def compare_values(values: Both[Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Both[Any]]]:
    """The values that differ, with the keys that lead to each; a list is one value."""
    maps = values.map(lambda value: value if isinstance(value, dict) else {})
    plain = values.map(lambda value: None if isinstance(value, dict) else value)
    # 1 and true are equal to Python.
    if plain.map(repr).differ() and plain.map(lambda value: (type(value), value)).differ():
        yield path, plain
    for key in dict.fromkeys((*maps.old, *maps.new)):
        yield from compare_values(Both(maps.old.get(key), maps.new.get(key)), (*path, key))


def text_of(value: Any) -> str | None:
    """A value as text, ``None`` for an absent one."""
    return None if value is None else show_value(value)


def show_value(value: Any) -> str:
    """A value as a reader of YAML knows it, on one line; ``none`` for an absent one."""
    import json

    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def show_path(path: tuple[str, ...]) -> str:
    """The keys that lead to a value."""
    return ".".join(path)


def show_span(milliseconds: int) -> str:
    """A span in the largest unit that says it exactly: ``24h``, ``90s``, ``1500ms``."""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"
