"""Foreign text in Markdown: a renderer must show it as it is, and a reader of the source should be able to."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from text2llm.report.markdown import escape_text
from text2llm.report.sanitize import clean_line

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def render_cell(text: str) -> str:
    """The HTML of a cell with the text, without what keeps code hosts from linking."""
    page = RENDERER.render(f"| a | b |\n|---|---|\n| {escape_text(text)} | end |\n").replace("\u200b", "")
    assert page.count("<td>") == 2, page
    return str(page).partition("<td>")[2].partition("</td>")[0].replace("<code>$", "$").replace("</code>", "")


@given(st.text(alphabet=" \\`*_{}[]()#+-!|<>~$:@&;ab1.5\"'=", max_size=30).map(str.strip))
@example("`$5` $5 $5")
@example("::")
@example("\\|a| <b> &amp; &#38; [x](y) *a* __b__ ~~c~~")
def test_a_renderer_shows_what_was_given(text: str) -> None:
    assert unescape(render_cell(text)) == clean_line(text)


@given(st.text(alphabet=" \\`*_{}[]()#+-!|<>~$:@&;ab1.", max_size=20).map(str.strip))
def test_a_paragraph_of_foreign_text_stays_one(text: str) -> None:
    page = RENDERER.render(f"x\n\n{escape_text(text)}\n")
    assert page.count("<p>") == (2 if text else 1)
    assert not re.search("<(?:h|ul|ol|blockquote|em|strong|a|pre)", page)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text2llm.yaml:4:7", "text2llm.yaml:4:7"),
        ("set ACME_API_KEY (or log in): it is used!", "set ACME_API_KEY (or log in): it is used!"),
        ("price: $4.50 → $15 per million", "price: `$4.50` → `$15` per million"),
        ("${NAME} $5x $x", "\\${NAME} \\$\u200b5x \\$\u200bx"),
        ("see :smile: and a:100:7", "see \\:smile: and a\\:100:7"),
        ("team@corp.example", "team@\u200bcorp.example"),
        ("# a #1 b#", "\\# a \\#\u200b1 b#"),
        ("> + - quoted", "\\> + - quoted"),
        ("+ a", "\\+ a"),
        ("1. a", "1\\. a"),
        ("{+ a +} {b}", "\\{+ a +} {b}"),
    ],
)
def test_only_what_has_a_meaning_is_escaped(text: str, expected: str) -> None:
    assert escape_text(text) == expected
