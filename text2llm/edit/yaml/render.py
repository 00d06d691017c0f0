"""New values as text, in flow style on one line or in block style over several."""

from __future__ import annotations

from text2llm.config.nodes import Value
from text2llm.edit.yaml.scalar import write_scalar
from text2llm.edit.yaml.style import Style


def render_flow(value: Value, style: Style) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(render_flow_entry(key, item, style) for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(render_flow(item, style) for item in value) + "]"
    return write_scalar(value, style.quote, flow=True)


def render_flow_entry(key: str, value: Value, style: Style) -> str:
    """``key: value`` on one line, as it stands in a flow map."""
    return f"{write_scalar(key, style.key_quote, flow=True)}:{style.colon_gap}{render_flow(value, style)}"


def render_entry(key: str, value: Value, column: int, style: Style) -> list[str]:
    """The lines of ``key: value`` in a block map whose keys stand at ``column``."""
    head = " " * column + write_scalar(key, style.key_quote, flow=False) + ":"
    inline = inline_value(value, style)
    return [f"{head}{style.colon_gap}{inline}"] if inline is not None else [head, *render_nested(value, column, style)]


def inline_value(value: Value, style: Style) -> str | None:
    """A value that stands on its key's line: a scalar, an empty or a flow collection; ``None`` for a block."""
    if not isinstance(value, dict | list):
        return write_scalar(value, style.quote, flow=False)
    flows = style.flow_maps if isinstance(value, dict) else style.flow_lists
    return render_flow(value, style) if flows or not value else None


def render_nested(value: Value, column: int, style: Style) -> list[str]:
    """The lines of a block collection below a key that stands at ``column``."""
    if isinstance(value, dict):
        inner = column + style.indent
        return [line for key, item in value.items() for line in render_entry(key, item, inner, style)]
    items = value if isinstance(value, list) else [value]
    dash = " " * (column + style.dash_offset)
    return [render_item(item, dash, style.dash_gap, style) for item in items]


def render_item(value: Value, dash: str, gap: str, style: Style) -> str:
    """The line of one item of a block list; a collection in it is written in flow style."""
    text = render_flow(value, style) if isinstance(value, dict | list) else write_scalar(value, style.quote, flow=False)
    return f"{dash}-{gap}{text}"
