"""Keep edits from changing other values through anchors and aliases."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.config.document import Document, is_merge, merge_sources
from text2llm.config.nodes import Alias, Mapping, Node, Scalar, Sequence
from text2llm.edit.yaml.render import write_scalar
from text2llm.edit.yaml.splice import Splice, apply_splices
from text2llm.errors import EditError


def uses_of(document: Document, node: Node) -> list[Alias]:
    if isinstance(node, Alias) or node.anchor is None or document.root is None:
        return []
    return [found for found, _flow in _aliases(document.root, flow=False) if found.target is node]


def _aliases(node: Node, *, flow: bool) -> Iterator[tuple[Alias, bool]]:
    if isinstance(node, Alias):
        yield node, flow
    elif isinstance(node, Mapping):
        for _key, value in node.items:
            yield from _aliases(value, flow=flow or node.flow)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _aliases(item, flow=flow or node.flow)


def refuse_shared(document: Document, node: Mapping | Sequence) -> None:
    """Refuse an edit inside a collection that is used elsewhere too.

    Raises:
        EditError: its anchor has uses.
    """
    uses = uses_of(document, node)
    if uses:
        raise EditError(
            f"this value is shared: &{node.anchor} is also used at line {document.place(uses[0].start).line}, "
            "and the edit would change that as well",
            hint="write the value out where it is used, then run the command again",
            location=document.place(node.anchor_start),
        )


def free_anchors(document: Document, node: Node) -> str | None:
    """The text in which no anchor inside ``node`` is used outside of it; ``None`` if that is so already.

    A scalar's definition moves to its first use.

    Raises:
        EditError: a collection inside is used elsewhere, or a scalar of several lines.
    """
    for inner in _own_nodes(node):
        outside = [
            use for use in uses_of(document, inner) if not node.start <= use.start < max(node.end, node.start + 1)
        ]
        if not outside:
            continue
        if not isinstance(inner, Scalar) or inner.style in ("|", ">"):
            raise EditError(
                f"&{inner.anchor} is used at line {document.place(outside[0].start).line}, "
                "so its definition cannot be removed",
                hint="write the value out where it is used, then run the command again",
                location=document.place(inner.anchor_start),
            )
        return _move_definition(document, inner, outside[0])
    return None


def _own_nodes(node: Node) -> Iterator[Scalar | Sequence | Mapping]:
    if isinstance(node, Alias):
        return
    yield node
    if isinstance(node, Mapping):
        for _key, value in node.items:
            yield from _own_nodes(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _own_nodes(item)


def _move_definition(document: Document, scalar: Scalar, use: Alias) -> str:
    quote = scalar.style
    written = write_scalar(scalar.value, quote, flow=True)
    return apply_splices(
        document.text,
        [Splice(scalar.anchor_start, scalar.start), Splice(use.start, use.end, f"&{scalar.anchor} {written}")],
    )


def inherits(mapping: Mapping, name: str) -> bool:
    """Whether a map gets the key ``name`` only through a merge key."""
    own = any(key.value == name and not is_merge(key) for key, _value in mapping.items)
    merged = [source for key, value in mapping.items if is_merge(key) for source in merge_sources(value)]
    return not own and any(_has(source, name) for source in merged)


def _has(mapping: Mapping, name: str) -> bool:
    return any(key.value == name and not is_merge(key) for key, _value in mapping.items) or inherits(mapping, name)
