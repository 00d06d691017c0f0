"""The comparison of two revisions as text, in windows of every width."""

from __future__ import annotations

import pytest

from text2llm.catalog.facts import CatalogSource
from text2llm.diagnostics import Location
from text2llm.diff.both import Both
from text2llm.diff.change import Change, Comparison, Fact, Level, Side
from text2llm.report.diff import change_json, change_lines, diff_markdown, diff_text
from text2llm.report.style import Style

MESSAGE = "default model: anthropic/claude-opus-4-5 → lab/large ::error::x"
PLACES = Both(Location("HEAD:text2llm.yaml", 5), Location("text2llm.yaml", 5))
CHANGE = Change("model", Level.WARNING, "default", MESSAGE, places=PLACES, facts=(Fact("inputPrice", 5, 0.25),))
FOUND = Comparison(
    Side("HEAD", "0123456789abcdef"),
    Side("working tree", None),
    "text2llm.yaml",
    (CHANGE,),
    CatalogSource("a", "1", "b"),
)


def test_a_narrow_window_breaks_between_words() -> None:
    assert diff_text(FOUND, Style(enabled=False), 40).splitlines() == [
        "text2llm.yaml: HEAD (0123456789) →",
        "working tree",
        "1 warning",
        "",
        "warning  default model:",
        "         anthropic/claude-opus-4-5 →",
        "         lab/large ::error::x",
        "         input price: $5 → $0.25 per",
        "         million tokens",
        "         at HEAD:text2llm.yaml:5 →",
        "         text2llm.yaml:5",
    ]


@pytest.mark.parametrize("width", [20, 27, 28, 33, 60, 79])
def test_every_line_but_a_long_word_fits(width: int) -> None:
    lines = diff_text(FOUND, Style(enabled=False), width).splitlines()
    assert all(len(line) <= width or " " not in line.strip().removeprefix("# ") for line in lines)
    assert not any(line.lstrip().startswith("::") for line in lines)


def test_no_width_breaks_nothing() -> None:
    assert len(diff_text(FOUND, Style(enabled=False)).splitlines()) == 6


def test_a_reader_gets_short_commits_however_a_revision_is_named() -> None:
    whole = "0123456789" * 4
    places = Both(Location(f"{whole}:text2llm.yaml", 5), Location("text2llm.yaml", 5))
    sides = Side(f"merge base of {whole} and main", whole), Side(whole, whole)
    found = FOUND._replace(before=sides[0], after=sides[1], changes=(CHANGE._replace(places=places),))
    for text in (diff_text(found, Style(enabled=False)), diff_markdown(found)):
        assert "text2llm.yaml: merge base of 0123456789 and main (0123456789) → 0123456789\n" in text
        assert "at 0123456789:text2llm.yaml:5 → text2llm.yaml:5" in text


def test_prices_in_markdown_can_be_copied() -> None:
    assert "input price: `$5` → `$0.25` per million tokens |" in diff_markdown(FOUND)


def test_the_first_heirs_of_a_change_are_named_and_the_others_counted() -> None:
    agents = tuple(f"a{number}" for number in range(60))
    lines = "".join(
        change_lines(Change("model", Level.CHANGE, "default", "changed", agents=agents), Style(enabled=False), None)
    )
    assert lines.endswith("a48, a49 and 10 more")


@pytest.mark.parametrize(
    ("fact", "line"),
    [
        (
            Fact("inputPrice", 5, 3, None, "list price of a"),
            "input price: $5 → $3 per million tokens (list price of a)",
        ),
        (Fact("inputPrice", 5, 3, "list price of a"), "input price: $5 (list price of a) → $3 per million tokens"),
        (
            Fact("inputPrice", 5, 3, "list price of a", "list price of a"),
            "input price: $5 → $3 per million tokens (list price of a)",
        ),
        (Fact("inputPrice", 5, None, "list price of a"), "input price: $5 (list price of a) → unknown"),
        (Fact("inputPrice", None, 3, None, "list price of a"), "input price: $3 per million tokens (list price of a)"),
        (Fact("cacheReadPrice", 0.1, 0), "cache read price: $0.10 → $0 per million tokens"),
        (Fact("reasoning", old=True, new=False), "reasoning: yes → no"),
    ],
)
def test_a_price_of_another_provider_is_marked(fact: Fact, line: str) -> None:
    change = CHANGE._replace(facts=(fact,))
    assert list(change_lines(change, Style(enabled=False), None, placed=False))[1].strip() == line
    sources = {key: value for key, value in change_json(change)["facts"][0].items() if key.endswith("Source")}
    named = {"oldSource": fact.old_source, "newSource": fact.new_source}
    assert sources == {key: value for key, value in named.items() if value is not None}
