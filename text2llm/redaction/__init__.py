"""Keep credentials out of output, logs and files.

Three layers, each with the method :meth:`Layer.redact`; CONTRIBUTING says where each is applied, and why:

- known values: :class:`values.Values`, and :class:`echoes.Echoes` for responses;
- known forms: :class:`forms.Forms`, the keys that providers issue;
- known places: :class:`places.Places`, the values of credential fields in files, and arguments.

Cheap to import, since every output uses it.
"""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

#: Replaces a credential recognized by its form or place.
MASK = "[secret]"
#: Replaces a value that this process has held.
REDACTED = "[redacted]"

_Value = TypeVar("_Value")


class Layer(Protocol):
    """One way to recognize credentials in a text."""

    def redact(self, text: str) -> str: ...


def redact(value: _Value, *layers: Layer) -> _Value:
    """A value with every credential in its texts masked that one of ``layers`` recognizes.

    Lists, tuples, dictionaries and dataclasses are copied with their texts redacted; anything else is unchanged.
    """
    result: Any = _redact(value, layers)
    return result  # type: ignore[no-any-return]


def _redact(value: Any, layers: tuple[Layer, ...]) -> Any:
    match value:
        case str():
            for layer in layers:
                value = layer.redact(value)
            return value
        case list():
            return [_redact(each, layers) for each in value]
        case tuple():
            items = [_redact(each, layers) for each in value]
            return type(value)._make(items) if hasattr(value, "_make") else tuple(items)
        case dict():
            return {_redact(key, layers): _redact(each, layers) for key, each in value.items()}
        case _ if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
            from dataclasses import replace

            return replace(
                value, **{name: _redact(getattr(value, name), layers) for name in value.__dataclass_fields__}
            )
        case _:
            return value


def cover(text: str, spans: Iterable[tuple[int, int]], mask: str) -> str:
    """Replace each of ``spans``, ordered and without overlap, with ``mask``."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], mask]
        at = end
    return "".join((*pieces, text[at:]))


def merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
