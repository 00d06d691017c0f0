"""Settings in free text, `name: value` or `NAME=value`, whose value is a credential. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from text2llm.redaction.forms import SecretSpan
from text2llm.redaction.plausible import is_basic, is_plausible

_NEXT_LINE = r"\n[ \t]*+#[ \t]{0,80}+"  # values are below their key only in comments
_VALUE = r"[\"']?{}(?P<value>[^\s\"'`<>{{}}\[\](),;:=]{{8,256}}+={{0,2}})"
# A key of YAML or JSON, a header, or an assignment of a shell, with its value: one word, after a scheme of
# authentication perhaps.
_SETTING = re.compile(
    r"(?<![A-Za-z0-9_.-])(?P<name>[A-Za-z_][A-Za-z0-9_.-]{1,60}+)[\"']?[ \t]{0,8}"
    r"(?:\([^()\n]{0,40}\)[ \t]{0,8})?(?:=>|:=|[:=])[ \t]{0,8}"
    # Only looked at, since the value may begin with the name of another one: `cmd: export A_TOKEN=`.
    r"(?=(?:[!&][A-Za-z0-9_./!:-]{0,40}[ \t]{1,8}|[|>][0-9+-]{0,2}[ \t]{0,8}(?=\n))?"  # a tag, an anchor or a block
    rf"(?P<list>\[[ \t]{{0,8}})?(?:{_NEXT_LINE})?(?P<item>-[ \t]{{1,8}})?"
    + _VALUE.format(r"(?:(?P<scheme>[A-Za-z]{3,10})[ \t]{1,8})?")
    + ")"
)
_NEXT_ITEM = re.compile(
    rf"[\"']?[ \t]{{0,8}}(?:,[ \t]{{0,8}}(?:{_NEXT_LINE})?|{_NEXT_LINE}-[ \t]{{1,8}})" + _VALUE.format("")
)
_BASIC = re.compile(r"basic[ \t]+([^ \t]+)", re.IGNORECASE)
#: How much of the sentence before a name is read.
_BEFORE = 60


def find_settings(text: str, start: int, end: int) -> Iterator[SecretSpan]:
    """The values from ``start`` to ``end`` that are credentials; ``name`` is that of the setting."""
    for match in _SETTING.finditer(text, start, end):
        before = text[max(start, match.start() - _BEFORE) : match.start()]
        for scheme, first, last in _values(match, text, end):
            if is_plausible(match["name"], scheme, text[first:last].rstrip("."), before):
                yield SecretSpan(first, last, match["name"])


def is_header_value(value: str) -> bool:
    """Whether the value of a header says itself that it is a credential, whatever the header's name."""
    basic = _BASIC.fullmatch(value)
    return is_basic(basic[1]) if basic else any(find_settings(value, 0, len(value)))


def _values(match: re.Match[str], text: str, end: int) -> Iterator[tuple[str, int, int]]:
    """The scheme and the bounds of the value, and of each other one in the same list."""
    yield match["scheme"] or "", *match.span("value")
    item = match if match["list"] or match["item"] else None
    while item is not None:
        item = _NEXT_ITEM.match(text, item.end("value"), end)
        if item is not None:
            yield "", *item.span("value")
