"""The style of a file and of the neighbors of a new value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from text2llm.config.document import Document
from text2llm.config.nodes import Mapping, Node, Scalar, Sequence
from text2llm.edit.yaml.splice import column_of, newline_of

DEFAULT_INDENT = 2


@dataclass(frozen=True, slots=True)
class YamlStyle:
    """How new text is written.

    ``indent`` is the step of nested maps, ``dash_offset`` the column of a list's dash relative to its key, ``dash_gap``
    the text between dash and item, ``colon_gap`` between colon and value on one line; ``quote`` and ``key_quote`` are
    ``""``, ``"'"`` or ``'"'``.
    """

    indent: int
    dash_offset: int
    dash_gap: str
    colon_gap: str
    flow_lists: bool
    flow_maps: bool
    quote: str
    key_quote: str
    newline: str


def file_style(document: Document) -> YamlStyle:
    """The most common style of a file; the default is that of ``text2llm init``."""
    seen: dict[str, Counter[Any]] = defaultdict(Counter)
    for name, value in () if document.root is None else _observe(document.text, document.root):
        seen[name][value] += 1

    def find_usual(name: str, default: Any) -> Any:
        return seen[name].most_common(1)[0][0] if name in seen else default

    indent, json = find_usual("indent", DEFAULT_INDENT), _is_json(document)
    return YamlStyle(
        indent=indent,
        dash_offset=find_usual("dash_offset", indent),
        dash_gap=find_usual("dash_gap", " "),
        colon_gap=" ",
        flow_lists=find_usual("flow_lists", default=False),
        flow_maps=False,
        quote='"' if json else find_usual("quote", ""),
        key_quote='"' if json else find_usual("key_quote", ""),
        newline=newline_of(document.text),
    )


def _is_json(document: Document) -> bool:
    """Whether a file must stay JSON: by its name, or because it is one flow map with quoted keys."""
    root = document.root
    if document.path.endswith(".json"):
        return True
    return isinstance(root, Mapping) and root.flow and bool(root.items) and all(k.style == '"' for k, _v in root.items)


def neighbor_style(document: Document, parent: Mapping | Sequence, *, skip: Node | None = None) -> YamlStyle:
    """The style of a new value in ``parent``: that of its other values, else the file's."""
    style = file_style(document)
    values = [node for node in child_values(parent) if node is not skip]
    for node in values:
        if isinstance(node, Mapping):
            style = replace(style, flow_maps=node.flow)
        elif isinstance(node, Sequence):
            style = replace(style, flow_lists=node.flow)
        elif isinstance(node, Scalar) and is_string(node):
            style = replace(style, quote=node.style)
    if isinstance(parent, Mapping):
        style = _entry_style(document, parent, style)
    return style


def _entry_style(document: Document, parent: Mapping, style: YamlStyle) -> YamlStyle:
    if not parent.items:
        return style
    key, value = parent.items[-1]
    gap = document.text[key.end : value.start]
    before, colon, after = gap.partition(":")
    plain_gap = bool(colon) and not before.strip() and not after.strip(" ") and key.end < value.start
    colon_gap = after if plain_gap and (after or (parent.flow and key.style == '"')) else " "
    return replace(style, key_quote=key.style, colon_gap=colon_gap)


def child_values(parent: Mapping | Sequence) -> list[Node]:
    return [value for _key, value in parent.items] if isinstance(parent, Mapping) else list(parent.items)


def is_string(node: Node) -> bool:
    """Whether a node is a plain or quoted string."""
    return isinstance(node, Scalar) and isinstance(node.value, str) and node.style in ("", "'", '"')


def _observe(text: str, root: Node) -> Iterator[tuple[str, Any]]:
    """Each field of :class:`YamlStyle` that a node of the file shows, with its value."""
    for parent, node in _walk(root):
        if isinstance(node, Mapping):
            yield from (("key_quote", key.style) for key, _value in node.items)
            if not node.flow and isinstance(parent, Mapping):
                yield "indent", column_of(text, node.start) - column_of(text, parent.start)
        elif isinstance(node, Sequence) and node.items:
            yield "flow_lists", node.flow
            gap = text[node.start + 1 : node.items[0].start]
            if not node.flow and gap and not gap.strip(" "):
                yield "dash_gap", gap
            if not node.flow and isinstance(parent, Mapping):
                yield "dash_offset", column_of(text, node.start) - column_of(text, parent.start)
        elif isinstance(node, Scalar) and is_string(node):
            yield "quote", node.style


def _walk(root: Node) -> Iterator[tuple[Node | None, Node]]:
    pending: list[tuple[Node | None, Node]] = [(None, root)]
    while pending:
        parent, node = pending.pop()
        yield parent, node
        if isinstance(node, Mapping | Sequence):
            pending.extend((node, child) for child in child_values(node))
