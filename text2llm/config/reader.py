"""The strict, bounded reader: bytes to :class:`Document`, or one clear error with its location.

It reads the event stream of PyYAML's C parser (libyaml) and never composes or loads: those recurse and crash on deep
input. What YAML allows and a configuration does not need is rejected here, before anything is interpreted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

from text2llm.config.document import BOM, Document, is_merge, merge_sources, resolve_alias
from text2llm.config.nodes import Alias, Mapping, Node, Scalar, Sequence, Value
from text2llm.config.scalars import UnusableNumberError, resolve_plain
from text2llm.diagnostics import Location
from text2llm.errors import ReadError

MAX_BYTES = 1 << 20
MAX_DEPTH = 64
MAX_EVENTS = 100_000
MAX_ALIASES = 100
#: Nodes after aliases are followed, as a program that walks the data visits them.
MAX_EXPANDED = 200_000

_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff"
# Compiled by `re` when first used: a printable file, the usual one, needs none of them.
_REFUSED = rf"[{_CONTROLS}\x85\u2028\u2029\ufeff]|\r(?!\n)"
_REFUSED_IN_VALUE = rf"[{_CONTROLS}\ud800-\udfff]"
_GAP = r"(?:[ \t\r\n]|(?<=[ \t\r\n])#[^\n]*)*"
_NAMED = {"\x00": "a NUL character", "\r": "a carriage return that ends no line", "\ufeff": "a second byte order mark"}
_SEPARATORS = {"\x85": "U+0085", "\u2028": "U+2028", "\u2029": "U+2029"}


def read_document(path: str, data: bytes) -> Document:
    """Read one file's bytes; ``path`` is only for messages.

    Raises:
        ReadError: with the location: not UTF-8, not YAML, or something that this reader rejects.
    """
    if len(data) > MAX_BYTES:
        raise ReadError(
            f"{path} is larger than {MAX_BYTES >> 20} MiB",
            hint="a configuration is text that people review: split it, or check that this is the right file",
            location=Location(path),
        )
    text = _decode(path, data)
    bom = text.startswith(BOM)
    text = text.removeprefix(BOM)
    _refuse_characters(path, text)
    root = _Builder(path, text).build()
    return Document(path, text, bom, root, to_data(root))


def _decode(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        location = _place(path, before, len(before))
        raise ReadError("this is not UTF-8 text", hint="save the file as UTF-8", location=location) from None


def _refuse_characters(path: str, text: str) -> None:
    if text.replace("\r\n", "").replace("\n", "").replace("\t", "").isprintable():
        return
    found = re.search(_REFUSED, text)
    if found is None:
        return
    character = found[0]
    what = _NAMED.get(character) or (
        f"the line separator {_SEPARATORS[character]}"
        if character in _SEPARATORS
        else f"the control character U+{ord(character):04X}"
    )
    raise ReadError(f"{what} is not allowed here", hint="remove it", location=_place(path, text, found.start()))


def _place(path: str, text: str, offset: int) -> Location:
    return Location(path, text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1)


def to_data(node: Node | None) -> Value:
    """The plain data of a node; a value used through several aliases is one shared object."""
    return _to_data(node, {})


def _to_data(node: Node | None, shared: dict[int, Value]) -> Value:
    match node:
        case Alias(target=target):
            key = id(target)
            if key not in shared:
                shared[key] = _to_data(target, shared)
            return shared[key]
        case Scalar(value):
            return value
        case Sequence(items):
            return [_to_data(item, shared) for item in items]
        case Mapping():
            return _map_data(node, shared)
        case _:
            return None


def _map_data(node: Mapping, shared: dict[int, Value]) -> dict[str, Value]:
    data = {name: _to_data(node.items[at][1], shared) for name, at in node.names.items()}
    for source in () if node.merged is None else merge_sources(node.merged):
        for name, item in _map_data(source, shared).items():
            data.setdefault(name, item)
    return data


class _Open:
    """A collection whose end is not yet read. Not a dataclass: every command reads, and would load that module."""

    def __init__(self, start: int, anchor: str | None, anchor_start: int, *, flow: bool, is_map: bool) -> None:
        self.flow, self.is_map = flow, is_map
        self.start, self.anchor, self.anchor_start = start, anchor, anchor_start
        self.values: list[Node] = []
        self.keys: list[Scalar] = []
        self.names: dict[str, int] = {}
        self.merged: Node | None = None
        self.pending: Scalar | None = None
        self.weight = 1


class _Builder:
    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node | None] = {}
        self.weights: dict[int, int] = {}
        self.root: Node | None = None
        self.events = self.aliases = self.documents = 0

    def build(self) -> Node | None:
        import yaml
        from yaml._yaml import CParser

        handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceEndEvent: self._close,
            yaml.MappingEndEvent: self._close,
            yaml.DocumentStartEvent: self._document,
        }
        parser: Any = CParser(self.text)
        try:
            while True:
                event = parser.get_event()
                if event is None:
                    return self.root
                self.events += 1
                if self.events > MAX_EVENTS:
                    self._refuse(f"more than {MAX_EVENTS:,} values and keys", event.start_mark.index, "split the file")
                handler = handlers.get(type(event))
                if handler is not None:
                    handler(event)
        except yaml.MarkedYAMLError as error:
            raise self._syntax_error(error) from None
        finally:
            parser.dispose()

    def _syntax_error(self, error: Any) -> ReadError:
        mark, problem = error.problem_mark or error.context_mark, error.problem or "unexpected text"
        # libyaml's problem texts name tokens, never the file's own text.
        if error.context_mark is not None and not self.text[mark.index :].strip():
            # Something is not closed: point to its beginning, not to the end of the file.
            mark, problem = error.context_mark, f"{problem} {error.context or ''}".rstrip()
        from text2llm.config.syntax_hints import find_hint

        place = Location(self.path, mark.line + 1, mark.column + 1)
        hint = find_hint(problem, self.text, place.line)
        return ReadError(f"not valid YAML: {problem}", hint=hint, location=place)

    def _refuse(self, what: str, offset: int, hint: str | None = None) -> NoReturn:
        raise ReadError(f"{what}: refused", hint=hint, location=_place(self.path, self.text, offset))

    def _document(self, event: Any) -> None:
        self.documents += 1
        offset = event.start_mark.index
        if event.version is not None or event.tags:
            self._refuse("a % directive", offset, "remove the line; the file is read as YAML 1.2")
        if self.documents > 1:
            self._refuse("a second document in one file", offset, "keep one document; remove the '---'")

    def _scalar(self, event: Any) -> None:
        start = event.start_mark.index
        self._refuse_tag(event, start)
        value: str | int | float | bool | None = event.value
        style = event.style or ""
        is_empty = not style and not event.value
        own_start = event.end_mark.index if is_empty else self._after_anchor(event.anchor, start)
        if not style:
            try:
                value = resolve_plain(event.value)
            except UnusableNumberError as error:
                self._refuse(str(error), own_start, "quote it if it is meant as text")
        elif not event.value.isprintable() and re.search(_REFUSED_IN_VALUE, event.value):
            self._refuse("an escaped control character or lone surrogate", own_start, "remove it")
        end = event.end_mark.index
        if style in ("|", ">"):
            end = own_start + len(self.text[own_start:end].rstrip(" \r\n"))
        self._add(Scalar(value, own_start, max(end, own_start), style, event.anchor, start), 1)

    def _alias(self, event: Any) -> None:
        start = event.start_mark.index
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            self._refuse(f"more than {MAX_ALIASES} uses of anchors", start, "write the values out")
        if event.anchor not in self.anchors:
            self._refuse("an alias to an anchor that is not defined before it", start, "define the anchor first")
        target = self.anchors[event.anchor]
        if target is None or isinstance(target, Alias):
            self._refuse("an anchor that contains itself", start, "write the value out")
        self._add(Alias(event.anchor, start, event.end_mark.index, target), self.weights.get(id(target), 1))

    def _open(self, event: Any) -> None:
        import yaml

        start = event.start_mark.index
        self._refuse_tag(event, start)
        if len(self.stack) >= MAX_DEPTH:
            self._refuse(f"nesting deeper than {MAX_DEPTH}", start)
        is_map = isinstance(event, yaml.MappingStartEvent)
        if self.stack and self.stack[-1].is_map and self.stack[-1].pending is None:
            self._refuse("a key that is not a string", start, "a key is a word, quoted or not")
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        own_start = self._after_anchor(event.anchor, start)
        self.stack.append(_Open(own_start, event.anchor, start, flow=bool(event.flow_style), is_map=is_map))

    def _close(self, event: Any) -> None:
        opened = self.stack.pop()
        last_leaf_end = opened.values[-1].end if opened.values else opened.start
        end = event.end_mark.index if opened.flow else last_leaf_end
        node: Node
        common = (opened.start, end, opened.flow, opened.anchor, opened.anchor_start)
        if opened.is_map:
            items = tuple(zip(opened.keys, opened.values, strict=True))
            node = Mapping(items, opened.names, opened.merged, *common)
        else:
            node = Sequence(tuple(opened.values), *common)
        if opened.anchor is not None:
            self.weights[id(node)] = opened.weight
        self._add(node, opened.weight)

    def _add(self, node: Node, weight: int) -> None:
        if not isinstance(node, Alias) and node.anchor is not None:
            self.anchors[node.anchor] = node
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        parent.weight += weight
        if parent.weight > MAX_EXPANDED:
            self._refuse(f"anchors that expand to more than {MAX_EXPANDED:,} values", node.start, "write less")
        if parent.is_map and parent.pending is None:
            parent.pending = self._key(node, parent)
            return
        if parent.pending is not None:
            if is_merge(parent.pending):
                if not _is_mergeable(node):
                    self._refuse("a merge key whose value is not a map", node.start, "merge a map: '<<: *name'")
                parent.merged = node
            parent.keys.append(parent.pending)
            parent.pending = None
        parent.values.append(node)

    def _key(self, node: Node, parent: _Open) -> Scalar:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            self._refuse("a key that is not a string", node.start, "quote it")
        if is_merge(node):
            if parent.merged is not None:
                self._refuse("a second merge key in one map", node.start, "merge a list: '<<: [*a, *b]'")
        elif node.value in parent.names:
            first = parent.keys[parent.names[node.value]].start
            hint = f"keep one of the two: the other is in line {self.text.count(chr(10), 0, first) + 1}"
            self._refuse(f"{_quote(node.value)} twice in one map", node.start, hint)
        else:
            parent.names[node.value] = len(parent.keys)
        return node

    def _refuse_tag(self, event: Any, offset: int) -> None:
        if event.tag is not None:
            self._refuse("a tag ('!…')", offset, "remove it; a configuration is plain data")

    def _after_anchor(self, anchor: str | None, start: int) -> int:
        """The start of a node's own text, after its anchor, and comments and line breaks that follow that."""
        if anchor is None:
            return start
        after = start + 1 + len(anchor)
        found = re.compile(_GAP).match(self.text, after)
        return found.end() if found else after


_KEY_SHOWN = 80


def _quote(key: str) -> str:
    # Whole or not at all: part of a credential would not be recognized when it is printed.
    return repr(key) if len(key) <= _KEY_SHOWN else "a key"


def _is_mergeable(node: Node) -> bool:
    target = resolve_alias(node)
    if isinstance(target, Sequence):
        return all(_is_mergeable(item) and not isinstance(item, Sequence) for item in target.items)
    return isinstance(target, Mapping)
