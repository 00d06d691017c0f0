from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2llm.report.rows import Piece, fit_text, format_span, layout_row, wrap_line
from text2llm.report.style import Style


def test_pieces_that_fit_share_a_line() -> None:
    assert list(layout_row("label", [Piece("one"), Piece("two")], 80, 8)) == ["label   one  two"]


def test_pieces_that_do_not_fit_go_below_each_other() -> None:
    assert list(layout_row("label", [Piece("x" * 30), Piece("y" * 30)], 60, 8)) == [
        "label   " + "x" * 30,
        " " * 8 + "y" * 30,
    ]


def test_narrow_terminal_has_a_narrow_margin() -> None:
    assert list(layout_row("label", [Piece("value"), Piece("more")], 12, 8)) == ["label  value", "    more"]


def test_long_label_pushes_its_value() -> None:
    assert list(layout_row("a-long-label", [Piece("value")], 80, 8)) == ["a-long-label  value"]


def test_row_without_pieces_is_its_label() -> None:
    assert list(layout_row("label", [], 80, 8)) == ["label"]


def test_colour_takes_no_width_and_text_is_cleaned_first() -> None:
    style = Style(enabled=True)
    assert list(layout_row("l", [Piece("a\x1b", style.bad), Piece("b" * 50)], 62, 4)) == [
        "l   \x1b[31ma\\x1b\x1b[0m  " + "b" * 50
    ]


_WORDS = st.lists(st.text("abc", min_size=1, max_size=20), min_size=1, max_size=8)


@given(_WORDS, st.integers(30, 120))
def test_no_line_is_wider_than_the_terminal(words: list[str], width: int) -> None:
    lines = list(layout_row("label", [Piece(word) for word in words], width, 8))
    assert max(map(len, lines)) <= width
    assert " ".join(lines).split() == ["label", *words]


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "0s"), (59_999, "59s"), (60_000, "1m"), (3_600_000, "1h"), (-7_200_000, "2h"), (86_400_000 * 3, "3d")],
)
def test_span(milliseconds: int, text: str) -> None:
    assert format_span(milliseconds) == text


def test_plain_style_changes_nothing() -> None:
    style = Style(enabled=False)
    paints = (style.good, style.warn, style.bad, style.title, style.name, style.quiet)
    assert {paint("x") for paint in paints} == {"x"}


def test_enabled_style_paints_each_meaning_differently() -> None:
    style = Style(enabled=True)
    paints = (style.good, style.warn, style.bad, style.title, style.name, style.quiet)
    assert len({paint("x") for paint in paints}) == 6
    assert style.good("") == ""


@pytest.mark.parametrize(
    ("line", "width", "lines"),
    [
        ("    as wide as need be", None, ["    as wide as need be"]),
        ("    as wide", 11, ["    as wide"]),
        ("    broken between words", 12, ["    broken", "    between", "    words"]),
        ("    a-long-word is kept whole", 10, ["    a-long-word", "    is", "    kept", "    whole"]),
        ("    told: ::error::x", 12, ["    told:", "    : :error::x"]),
        ("told: ##[error]", 8, ["told:", "# #[error]"]),
    ],
)
def test_line_is_broken_between_words_and_no_part_of_it_acts(line: str, width: int | None, lines: list[str]) -> None:
    assert wrap_line(line, width) == lines


RED, END = "\x1b[31m", "\x1b[0m"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short\n", "short\n"),
        ("one two three four five six\n", "one two three four\nfive six\n"),
        ("  one two three four five\n", "  one two three\n  four five\n"),
        ("name      one two three\n", "name      one two\n          three\n"),
        ("a  bcdefghijklmnop  one two three\n", "a  bcdefghijklmnop\n   one two three\n"),
        ("Config    /a/path/that/is/long\n", "Config    /a/path/that/is/long\n"),
        (f"one {RED}two three four{END} five\n", f"one {RED}two three four{END}\nfive\n"),
        ("one two three four ::error::x\n", "one two three four\n: :error::x\n"),
        ("hint: run `text2llm rule x`\n", "hint: run\n`text2llm rule x`\n"),
        ("hint: `text2llm rule a-long-name`\n", "hint: `text2llm\nrule a-long-name`\n"),
    ],
)
def test_a_long_line_is_broken_between_words_below_its_last_column(text: str, expected: str) -> None:
    assert fit_text(text, 18) == expected
    assert fit_text(text, None) == text
