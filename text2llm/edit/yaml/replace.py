"""Replace a value, in the style of the old one."""

from __future__ import annotations

import re
from dataclasses import replace

from text2llm.config.document import Document
from text2llm.config.nodes import Mapping, Node, Scalar, Sequence, Value
from text2llm.edit.yaml import block
from text2llm.edit.yaml.render import inline_value, render_flow, render_nested
from text2llm.edit.yaml.site import Site
from text2llm.edit.yaml.splice import Splice, apply_splices, column_of, line_end, line_start, next_line, starts_line
from text2llm.edit.yaml.style import YamlStyle, is_string, neighbor_style


def replace_value(document: Document, site: Site, value: Value) -> str:
    text, node = document.text, site.node
    style = neighbor_style(document, site.parent, skip=node)
    if isinstance(node, Scalar) and is_string(node):
        style = replace(style, quote=node.style)
    inline = render_flow(value, style) if site.in_flow or site.key is None else inline_value(value, style)
    if isinstance(node, Mapping | Sequence) and not node.flow:
        return _replace_block(document, site, value, inline, style)
    if inline is not None:
        return apply_splices(text, _inline_splices(document, site, inline))
    assert site.key is not None
    colon = block.after_colon(document, site.key)
    lines = render_nested(value, column_of(text, site.key.anchor_start), style)
    if starts_line(text, node.start) and not text[node.end : line_end(text, node.end)].strip():
        whole = Splice(line_start(text, node.start), line_end(text, node.end), style.newline.join(lines))
        return apply_splices(text, [whole])
    below = block.insert_lines(document, max(_end(text, node), colon), lines, style.newline)
    return apply_splices(text, [*_take_out(text, node, max(colon, _start_of_blank(text, node.start))), below])


def _take_out(text: str, node: Node, start: int) -> list[Splice]:
    """Remove a scalar, an alias or a flow collection, from ``start`` on; the comment beside a block scalar stays."""
    if not _is_block_scalar(node):
        return [Splice(start, node.end)]
    header = line_end(text, node.start)
    comment = re.search(r"[ \t]+#", text[node.start : header])
    behind = node.start + comment.start() if comment else header
    return [Splice(start, behind), Splice(header, max(header, line_end(text, _end(text, node))))]


def _is_block_scalar(node: Node) -> bool:
    return isinstance(node, Scalar) and node.style in ("|", ">")


def _end(text: str, node: Node) -> int:
    return block.last_line(text, node) if _is_block_scalar(node) else node.end


def _start_of_blank(text: str, start: int) -> int:
    """Where the white space before ``start`` begins: it is removed with the value."""
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    return start


def _inline_splices(document: Document, site: Site, inline: str) -> list[Splice]:
    text, node = document.text, site.node
    if node.end > node.start:
        return [Splice(node.start, node.start, inline), *_take_out(text, node, node.start)]
    return [_fill_blank(document, site, inline)]


def _fill_blank(document: Document, site: Site, inline: str) -> Splice:
    """A value after ``key:``, ``-``, or an anchor alone."""
    text, node = document.text, site.node
    if site.key is None:
        return Splice(node.start, node.start, inline if text[node.start - 1 : node.start].isspace() else f" {inline}")
    if isinstance(node, Scalar) and node.anchor is not None:
        return Splice(node.start, node.start, f" {inline}")
    if site.in_flow and not text[site.key.end : node.start].rstrip().endswith(":"):
        return Splice(site.key.end, site.key.end, f": {inline}")
    colon = block.after_colon(document, site.key)
    return Splice(colon, colon, f" {inline}")


def _replace_block(document: Document, site: Site, value: Value, inline: str | None, style: YamlStyle) -> str:
    """Replace the lines of a block collection; a comment after its key stays."""
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
