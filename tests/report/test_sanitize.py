from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2llm.report.sanitize import clean, clean_line, json_text

#: Any text, lone surrogates included, and the beginnings that matter more often than chance has them.
_TEXT = st.lists(
    st.text(st.characters())
    | st.sampled_from(
        [
            "::",
            "#",
            "##",
            "[",
            "vso[",
            "##vso[",
            "##TeamCity[",
            "section_start:",
            "SECTION_END:",
            " ",
            "\x1b[",
            "\r",
            "\n",
        ]
    )
).map("".join)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain ünïcode 模型 🙂", "plain ünïcode 模型 🙂"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x9b1m \x7f", "\\x9b1m \\x7f"),
        ("abc\u202edef\u2066\u200f", "abc\\u202edef\\u2066\\u200f"),
        ("line\u2028sep\x85", "line\\u2028sep\\x85"),
        ("no\xa0break\u200b\ufeff", "no\\xa0break\\u200b\\ufeff"),
        ("\ud800", "\\ud800"),
        ("\U000e0041tag", "\\U000e0041tag"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("line", "cleaned"),
    [
        ("::error file=a::b", ": :error file=a::b"),
        ("   ::error::b", "   : :error::b"),
        (":: :", ": : :"),
        ("a::b", "a::b"),
        ("see ##vso[task.setvariable]x", "see # #vso[task.setvariable]x"),
        ("##[error]x", "# #[error]x"),
        ("###[error]x", "## #[error]x"),
        ("##TeamCity[x]", "# #TeamCity[x]"),
        ("## heading", "## heading"),
        ("section_start:1:x", "section-start:1:x"),
        ("x SECTION_END:1:x", "x SECTION-END:1:x"),
    ],
)
def test_clean_line_breaks_commands(line: str, cleaned: str) -> None:
    assert clean_line(line) == cleaned


@given(_TEXT)
def test_clean_text_is_printable_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.isprintable()
    assert clean(cleaned) == cleaned


@given(_TEXT)
def test_no_line_is_a_command(text: str) -> None:
    line = clean_line(text)
    assert line.isprintable()
    assert not re.search(r"^\s*::|##(?:vso|teamcity)?\[|section_(?:start|end)", line, re.IGNORECASE)
    assert clean_line(line) == line


def test_json_holds_no_command_and_means_the_same() -> None:
    value = {"label": "##vso[task] ##[error] ##TeamCity[x] # ## plain", "\x1b": "\u202e"}
    text = json_text(value)
    assert json.loads(text) == value
    assert text.isascii()
    assert not re.search(r"##(vso|teamcity)?\[", text, re.IGNORECASE)
    assert json_text({"a": "# ##"}) == '{\n  "a": "# ##"\n}'


def test_a_long_document_is_the_same_and_has_a_line_for_each_item() -> None:
    value = {"a": {"b": [1, "x\ny"]}, "rows": [{"n": number, "t": "##[x] \u00e9"} for number in range(101)], "z": []}
    text = json_text(value)
    assert json.loads(text) == value
    assert text.isascii()
    assert text.startswith('{\n  "a": {\n    "b": [\n      1,\n      "x\\ny"\n    ]\n  },\n  "rows": [\n    {"n": 0, ')
    assert len(text.splitlines()) == 101 + 11
    assert "##[" not in text
