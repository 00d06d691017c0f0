"""Find the deepest written node on a change's pointer."""

from __future__ import annotations

from dataclasses import dataclass

from text2llm.config.document import Document, is_merge
from text2llm.config.nodes import Mapping, Node, Pointer, Scalar, Sequence
from text2llm.edit.yaml.anchors import refuse_shared


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A node and its parent.

    ``parent_key`` is the parent's key, ``key`` the node's own; both are ``None`` in a list and at the root.
    ``in_flow``: a collection above is in flow style.
    """

    parent: Mapping | Sequence
    parent_key: Scalar | None
    index: int
    key: Scalar | None
    node: Node
    in_flow: bool


def descend(document: Document, pointer: Pointer) -> tuple[Site | None, int]:
    """The deepest site on a pointer, ``None`` if the first step is missing, and the number of steps to it.

    Raises:
        EditError: a collection on the way is used by an alias, too.
    """
    site: Site | None = None
    node, key, in_flow = document.root, None, False
    for depth, step in enumerate(pointer):
        found = own_child(node, step)
        if found is None:
            return site, depth
        assert isinstance(node, Mapping | Sequence)
        refuse_shared(document, node)
        in_flow = in_flow or node.flow
        site = Site(node, key, *found, in_flow)
        node, key = site.node, site.key
    return site, len(pointer)


def own_child(node: Node | None, step: str | int) -> tuple[int, Scalar | None, Node] | None:
    """Index, key and node of what is written one step below ``node``; nothing through aliases or merge keys."""
    if isinstance(node, Mapping):
        for index, (key, value) in enumerate(node.items):
            if key.value == step and not is_merge(key):
                return index, key, value
    elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
        return step, None, node.items[step]
    return None
