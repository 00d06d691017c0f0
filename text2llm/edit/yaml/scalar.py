"""Writing one scalar so that every reader takes it for the same value."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from text2llm.config.scalars import UnusableNumberError, resolve_plain

_PLAIN = re.compile(r"[A-Za-z0-9_./](?:[A-Za-z0-9_./@+~:-]| (?! ))*(?<![ :])")
#: A reference to an environment variable, which people write without quotes.
_VARIABLE = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write_scalar(value: str | float | bool | None, quote: str, *, flow: bool) -> str:  # noqa: FBT001 - YAML's own types
    """The text of a scalar. ``quote`` is the neighbours' (``""``: none), kept where the value allows it."""
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
    if character.isprintable() or ord(character) > 0xFFFF:  # noqa: PLR2004 - JSON has no escape for those
        return character
    return f"\\u{ord(character):04x}"


def _is_plain_safe(text: str, *, flow: bool) -> bool:
    if not flow and re.fullmatch(_VARIABLE, text):
        return True
    # Older YAML readers stumble over a colon in a plain scalar in flow style.
    if not _PLAIN.fullmatch(text) or ": " in text or (flow and (":" in text or " " in text)):
        return False
    try:
        return resolve_plain(text) == text and not _means_more_in_yaml_1_1(text)
    except UnusableNumberError:
        return False


def _means_more_in_yaml_1_1(text: str) -> bool:
    """Whether a YAML 1.1 reader takes a plain ``text`` for something other than a string: ``no``, ``1:30``, ``012``."""
    resolvers = _yaml_1_1_resolvers()
    candidates = (*resolvers.get(text[0], ()), *resolvers.get(None, ()))
    return any(pattern.match(text) for _tag, pattern in candidates)


@cache
def _yaml_1_1_resolvers() -> Any:
    from yaml.resolver import Resolver

    return Resolver.yaml_implicit_resolvers
