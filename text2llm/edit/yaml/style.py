"""The style of a file and of the neighbors of a new value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from text2llm.config.document import Document
from text2llm.config.nodes import Mapping, Node, Scalar, Sequence
from text2llm.edit.yaml.splice import column_of, newline_of

DEFAULT_INDENT = 2

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class YamlStyle:
    """How new text is written.

    ``indent`` is the step of nested maps, ``dash_offset`` a list's dash against its key, ``dash_gap`` what stands
    between dash and item, ``colon_gap`` between colon and value on one line; ``quote`` and ``key_quote`` are ``""``,
    ``"'"`` or ``'"'``.
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
    text, seen = document.text, _Seen()
    if document.root is not None:
        seen.visit(text, document.root)
    indent = _most(seen.indents, DEFAULT_INDENT)
    json = _is_json(document)
    return YamlStyle(
        indent=indent,
        dash_offset=_most(seen.dash_offsets, indent),
        dash_gap=_most(seen.dash_gaps, " "),
        colon_gap=" ",
        flow_lists=_most(seen.list_flows, default=False),
        flow_maps=False,
        quote='"' if json else _most(seen.quotes, ""),
        key_quote='"' if json else _most(seen.key_quotes, ""),
        newline=newline_of(text),
    )


def _is_json(document: Document) -> bool:
    """Whether a file must stay JSON: by its name, or because it is one flow map with quoted keys."""
    root = document.root
    if document.path.endswith(".json"):
        return True
    return isinstance(root, Mapping) and root.flow and bool(root.items) and all(k.style == '"' for k, _v in root.items)


def neighbour_style(document: Document, parent: Mapping | Sequence, *, skip: Node | None = None) -> YamlStyle:
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


class _Seen:
    def __init__(self) -> None:
        self.indents: Counter[int] = Counter()
        self.dash_offsets: Counter[int] = Counter()
        self.dash_gaps: Counter[str] = Counter()
        self.list_flows: Counter[bool] = Counter()
        self.quotes: Counter[str] = Counter()
        self.key_quotes: Counter[str] = Counter()

    def visit(self, text: str, root: Node) -> None:
        for parent, node in _walk(root):
            if isinstance(node, Mapping):
                self._count_map(text, parent, node)
            elif isinstance(node, Sequence):
                self._count_list(text, parent, node)
            elif isinstance(node, Scalar) and is_string(node):
                self.quotes[node.style] += 1

    def _count_map(self, text: str, parent: Node | None, node: Mapping) -> None:
        self.key_quotes.update(key.style for key, _value in node.items)
        if not node.flow and isinstance(parent, Mapping):
            self.indents[column_of(text, node.start) - column_of(text, parent.start)] += 1

    def _count_list(self, text: str, parent: Node | None, node: Sequence) -> None:
        if node.items:
            self.list_flows[node.flow] += 1
        if node.flow or not node.items:
            return
        first = node.items[0]
        gap = text[node.start + 1 : first.start]
        if gap and not gap.strip(" "):
            self.dash_gaps[gap] += 1
        if isinstance(parent, Mapping):
            self.dash_offsets[column_of(text, node.start) - column_of(text, parent.start)] += 1


def _walk(root: Node) -> Iterator[tuple[Node | None, Node]]:
    pending: list[tuple[Node | None, Node]] = [(None, root)]
    while pending:
        parent, node = pending.pop()
        yield parent, node
        if isinstance(node, Mapping | Sequence):
            pending.extend((node, child) for child in child_values(node))


def _most(counted: Counter[_T], default: _T) -> _T:
    return counted.most_common(1)[0][0] if counted else default
