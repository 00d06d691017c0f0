"""Replacing: a new value in the place of an old one, in the old one's style."""

from __future__ import annotations

from dataclasses import replace

from text2llm.config.document import Document
from text2llm.config.nodes import Mapping, Scalar, Sequence, Value
from text2llm.plan.patch import block
from text2llm.plan.patch.render import inline_value, render_flow, render_nested
from text2llm.plan.patch.site import Site
from text2llm.plan.patch.splice import Splice, apply_splices, column_of, line_end, next_line
from text2llm.plan.patch.style import Style, is_string, neighbour_style


def replace_value(document: Document, site: Site, value: Value) -> str:
    """The text with ``value`` in place of the node of ``site``."""
    text, node = document.text, site.node
    style = neighbour_style(document, site.parent, skip=node)
    if isinstance(node, Scalar) and is_string(node):
        style = replace(style, quote=node.style)
    inline = render_flow(value, style) if site.in_flow or site.key is None else inline_value(value, style)
    if isinstance(node, Mapping | Sequence) and not node.flow:
        return _replace_block(document, site, value, inline, style)
    if inline is not None:
        return apply_splices(text, [_inline_splice(document, site, inline)])
    assert site.key is not None
    colon = block.after_colon(document, site.key)
    lines = render_nested(value, column_of(text, site.key.anchor_start), style)
    below = block.insert_lines(document, max(node.end, colon), lines, style.newline)
    return apply_splices(text, [Splice(max(colon, _start_of_blank(text, node.start)), node.end), below])


def _start_of_blank(text: str, start: int) -> int:
    """Where the white space before ``start`` begins: it goes with the value that goes."""
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    return start


def _inline_splice(document: Document, site: Site, inline: str) -> Splice:
    text, node = document.text, site.node
    if node.end > node.start:
        is_block = isinstance(node, Scalar) and node.style in ("|", ">")
        return Splice(node.start, block.last_line(text, node) if is_block else node.end, inline)
    if site.key is None:
        return Splice(node.start, node.start, inline if text[node.start - 1 : node.start].isspace() else f" {inline}")
    if isinstance(node, Scalar) and node.anchor is not None:
        return Splice(node.start, node.start, f" {inline}")
    if site.in_flow and not text[site.key.end : node.start].rstrip().endswith(":"):
        return Splice(site.key.end, site.key.end, f": {inline}")
    colon = block.after_colon(document, site.key)
    return Splice(colon, colon, f" {inline}")


def _replace_block(document: Document, site: Site, value: Value, inline: str | None, style: Style) -> str:
    """Put a value in place of a block collection, whose lines go; a comment behind its key stays."""
    text, node, key = document.text, site.node, site.key
    assert isinstance(node, Mapping | Sequence)
    end = line_end(text, block.last_line(text, node))
    if key is None:
        dash = block.dash_of(document, site.parent, site.index) if isinstance(site.parent, Sequence) else node.start
        return apply_splices(text, [Splice(dash + 1, end, f" {render_flow(value, style)}")])
    colon = block.after_colon(document, key)
    if inline is None:
        lines = render_nested(value, column_of(text, key.anchor_start), style)
        return apply_splices(text, [Splice(next_line(text, colon), end, style.newline.join(lines))])
    # The anchor of the old value, which nothing uses, goes with it.
    behind = colon if node.anchor is None else node.anchor_start + 1 + len(node.anchor)
    return apply_splices(text, [Splice(colon, behind, f" {inline}"), Splice(line_end(text, colon), end)])
