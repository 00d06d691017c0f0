"""Redaction: the one room that keeps credentials out of what people, logs and files get.

Three layers, each with the one method :meth:`Layer.redact`; CONTRIBUTING says where each is applied, and why:

- a value that is known: :class:`values.Values`, and :class:`echoes.Echoes` for what a server sends back;
- a form that is known: :class:`forms.Forms`, the keys that providers issue;
- a place that is known: :class:`places.Places`, the values of credential fields of files, and arguments.

Cheap to import: every output passes here.
"""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

#: In place of what a form or a place gives away, which this process may never have held.
MASK = "[secret]"
#: In place of a value that this process has held.
REDACTED = "[redacted]"

_Value = TypeVar("_Value")


class Layer(Protocol):
    """One way to know a credential in a text."""

    def redact(self, text: str) -> str:
        """The text with a mask in place of each credential that this layer knows."""
        ...


def redact(value: _Value, *layers: Layer) -> _Value:
    """A text, or a value that holds texts, without any credential that one of ``layers`` knows.

    Lists, tuples, dictionaries and dataclasses are made anew with their texts redacted; anything else stays as it is.
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
    """``text`` with ``mask`` in place of each of ``spans``, which are in order and do not overlap."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], mask]
        at = end
    return "".join((*pieces, text[at:]))


def merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that meet made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
