"""Excerpts show the place, and nothing that may be a secret."""

from __future__ import annotations

import pytest

from text2llm.config.reader import read_document
from text2llm.diagnostics import Location
from text2llm.redaction.forms import Forms
from text2llm.report.excerpt import Excerpts, draw_excerpt, parsed_source, raw_source

FORMS = Forms()
KEY = "sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg"


def draw(text: str, line: int, column: int, width: int = 80) -> list[str]:
    return draw_excerpt(parsed_source(read_document("c", text.encode()), FORMS), Location("c", line, column), width)


def test_the_caret_stands_under_the_word() -> None:
    assert draw("version: 1\nmodle: opus\n", 2, 1) == ["    2 | modle: opus", "      | ^^^^^"]
    assert draw("a: b/c:free # x", 1, 4) == ["    1 | a: b/c:free # x", "      |    ^^^^^^^^"]
    assert draw("a: 'b c'", 1, 4) == ["    1 | a: 'b c'", "      |    ^^^^^"]
    assert draw("a: {}\r\nb: []\r\n", 1, 4) == ["    1 | a: {}", "      |    ^"]


def test_secrets_are_masked_and_the_caret_moves_with_the_text() -> None:
    text = f"x: {{apiKey: hunter2, modle: 1}} # {KEY}\n"
    assert draw(text, 1, 22) == [
        "    1 | x: {apiKey: [secret], modle: 1} # [secret]",
        "      |                       ^^^^^",
    ]
    assert draw(text, 1, 13) == ["    1 | x: {apiKey: [secret], modle: 1} # [secret]", "      |             ^^^^^^^^"]
    assert draw(text, 1, 15)[1] == "      |             ^^^^^^^^"
    assert draw(text, 1, 4)[1] == "      |    ^"


def test_a_block_of_secret_lines_is_masked_on_each() -> None:
    text = "apiKey: |\n  one\n  two\nb: 1\n"
    assert draw(text, 2, 3) == ["    2 | [secret]", "      | ^^^^^^^^"]
    assert draw(text, 3, 3)[0] == "    3 | [secret]"
    assert draw(text, 4, 1)[0] == "    4 | b: 1"


def test_a_credential_is_hidden_where_only_its_value_tells() -> None:
    one = read_document("one", b"models: {providers: {lab: {apiKey: Sup3rS3cretValu3}}}\n")
    two = read_document("two", b"agents: {defaults: {model: sup3rs3cretvalu3/x}}\n")
    lines = Excerpts({"one": one, "two": two}, {"three": "a: [Sup3rS3cretValu3\n"}, 80, FORMS)
    assert lines.draw(Location("two", 1, 28))[0] == "    1 | agents: {defaults: {model: [secret]/x}}"
    assert lines.draw(Location("three", 1, 1))[0] == "    1 | a: [[secret]"


def test_a_long_line_is_cut_around_the_caret() -> None:
    first, second = draw("x: " + "a" * 300 + " " + "b" * 300, 1, 305, width=60)
    assert len(first) <= 60
    assert first[second.index("^")] == "b"


def test_wide_characters_take_two_columns() -> None:
    assert draw("x: [日本, \u0301e, b]", 1, 13) == ["    1 | x: [日本, \u0301e, b]", "      |              ^"]


def test_the_caret_is_as_wide_as_the_word() -> None:
    assert draw("x: [日本, b]", 1, 5)[1] == "      |     ^^^^"


@pytest.mark.parametrize("width", [80, 60, 40, 24])
@pytest.mark.parametrize("text", ["x: " + "日本" * 50 + " z " + "日" * 50, "x: " + "a" * 100 + " z " + "\x07" * 50])
def test_no_line_is_wider_than_the_terminal(text: str, width: int) -> None:
    lines = draw_excerpt(raw_source(text, FORMS), Location("c", 1, text.index("z") + 1), width)
    columns = [sum(2 if each in "日本" else 1 for each in line) for line in lines]
    assert max(columns) <= width
    assert "z" in lines[0]


def test_a_password_in_an_address_is_masked() -> None:
    assert (
        draw("baseUrl: https://me:hunter2@llm.example/v1", 1, 10)[0]
        == "    1 | baseUrl: https://[secret]@llm.example/v1"
    )


def test_what_acts_on_a_terminal_is_escaped() -> None:
    lines = draw_excerpt(raw_source("a: \x1b[31m\u202e b\n", FORMS), Location("c", 1, 1), 80)
    assert lines[0] == "    1 | a: \\x1b[31m\\u202e b"


def test_a_text_without_structure_hides_whole_lines_that_may_hold_a_secret() -> None:
    source = raw_source(f"a: 1\napi_key: |\n  hunter2\nb: {KEY}\nc: [\nTOKEN: x", FORMS)
    shown = [draw_excerpt(source, Location("c", line, 1), 80)[0].partition("| ")[2] for line in range(1, 7)]
    assert shown == ["a: 1", "[secret]", "[secret]", "b: [secret]", "c: [", "[secret]"]


def test_no_such_line_no_excerpt() -> None:
    assert draw("a: 1", 5, 1) == []
    assert draw_excerpt(raw_source("", FORMS), Location("c"), 80) == []


def test_excerpts_know_documents_and_texts_by_path() -> None:
    excerpts = Excerpts({"a": read_document("a", b"x: 1")}, {"b": "y: ["}, 80, FORMS)
    assert excerpts.draw(Location("a"))[0] == "    1 | x: 1"
    assert excerpts.draw(Location("b"))[0] == "    1 | y: ["
    assert excerpts.draw(Location("c")) == []


def test_two_places_of_a_file_have_an_excerpt_each() -> None:
    excerpts = Excerpts({"c": read_document("c", b"a: 1\nb: 2\n")}, {}, 80, FORMS)
    assert [excerpts.draw(Location("c", line))[0] for line in (1, 2)] == ["    1 | a: 1", "    2 | b: 2"]
