"""Write new values as text, so that every reader parses the same value."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from text2llm.config.nodes import Value
from text2llm.config.scalars import UnusableNumberError, resolve_plain
from text2llm.edit.yaml.style import YamlStyle

_PLAIN = re.compile(r"[A-Za-z0-9_./](?:[A-Za-z0-9_./@+~:-]| (?! ))*(?<![ :])")
#: A reference to an environment variable, usually unquoted.
_VARIABLE = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def render_flow(value: Value, style: YamlStyle) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(render_flow_entry(key, item, style) for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(render_flow(item, style) for item in value) + "]"
    return write_scalar(value, style.quote, flow=True)


def render_flow_entry(key: str, value: Value, style: YamlStyle) -> str:
    return f"{write_scalar(key, style.key_quote, flow=True)}:{style.colon_gap}{render_flow(value, style)}"


def render_entry(key: str, value: Value, column: int, style: YamlStyle) -> list[str]:
    """The lines of ``key: value`` in a block map whose keys are at ``column``."""
    head = " " * column + write_scalar(key, style.key_quote, flow=False) + ":"
    inline = inline_value(value, style)
    return [f"{head}{style.colon_gap}{inline}"] if inline is not None else [head, *render_nested(value, column, style)]


def inline_value(value: Value, style: YamlStyle) -> str | None:
    """A value on its key's line: a scalar, an empty or a flow collection; ``None`` for a block."""
    if not isinstance(value, dict | list):
        return write_scalar(value, style.quote, flow=False)
    flows = style.flow_maps if isinstance(value, dict) else style.flow_lists
    return render_flow(value, style) if flows or not value else None


def render_nested(value: Value, column: int, style: YamlStyle) -> list[str]:
    """The lines of a block collection below a key at ``column``."""
    if isinstance(value, dict):
        inner = column + style.indent
        return [line for key, item in value.items() for line in render_entry(key, item, inner, style)]
    items = value if isinstance(value, list) else [value]
    dash = " " * (column + style.dash_offset)
    return [render_item(item, dash, style.dash_gap, style) for item in items]


def render_item(value: Value, dash: str, gap: str, style: YamlStyle) -> str:
    """The line of one item of a block list; a collection in it is in flow style."""
    text = render_flow(value, style) if isinstance(value, dict | list) else write_scalar(value, style.quote, flow=False)
    return f"{dash}-{gap}{text}"


def write_scalar(value: str | float | bool | None, quote: str, *, flow: bool) -> str:  # noqa: FBT001 - YAML's own types
    """The text of a scalar. ``quote`` is the neighbors' (``""``: none), kept if the value allows it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return _write_string(value, quote, flow=flow)


def _write_string(text: str, quote: str, *, flow: bool) -> str:
    if quote != '"' and not text.isprintable():
        quote = '"'
    if quote == "" and not _is_plain_safe(text, flow=flow):
        quote = "'" if '"' in text or "\\" in text else '"'
    match quote:
        case "'":
            return "'" + text.replace("'", "''") + "'"
        case '"':
            return '"' + "".join(map(_escape, text)) + '"'
        case _:
            return text


def _escape(character: str) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if character.isprintable() or ord(character) > 0xFFFF:  # noqa: PLR2004 - JSON has no single escape
        return character
    return f"\\u{ord(character):04x}"


def _is_plain_safe(text: str, *, flow: bool) -> bool:
    if not flow and re.fullmatch(_VARIABLE, text):
        return True
    # Older YAML readers reject a colon in a plain scalar in flow style.
    if not _PLAIN.fullmatch(text) or ": " in text or (flow and (":" in text or " " in text)):
        return False
    try:
        return resolve_plain(text) == text and not _means_more_in_yaml_1_1(text)
    except UnusableNumberError:
        return False


def _means_more_in_yaml_1_1(text: str) -> bool:
    """Whether a YAML 1.1 reader parses plain ``text`` as anything but a string: ``no``, ``1:30``, ``012``."""
    resolvers = _yaml_1_1_resolvers()
    candidates = (*resolvers.get(text[0], ()), *resolvers.get(None, ()))
    return any(pattern.match(text) for _tag, pattern in candidates)


@cache
def _yaml_1_1_resolvers() -> Any:
    from yaml.resolver import Resolver

    return Resolver.yaml_implicit_resolvers
