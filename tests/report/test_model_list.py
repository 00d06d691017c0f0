from __future__ import annotations

import json

import pytest

from text2llm.catalog.facts import CatalogSource, ModelFacts
from text2llm.refs import ModelRef
from text2llm.report.model_list import model_list_json, model_list_plain, model_list_text
from text2llm.report.style import Style
from text2llm.status.model_list import ModelList, ModelRow

PLAIN, COLOURS = Style(enabled=False), Style(enabled=True)


def made(facts: ModelFacts, *, model: str = "m", missing: bool = False, tags: tuple[str, ...] = ()) -> ModelList:
    row = ModelRow(ModelRef("p", model), facts, missing, local=False, available=True, tags=tags)
    return ModelList((row,), CatalogSource("s", "1", "2026-01-01"))


def cells(facts: ModelFacts) -> list[str]:
    return model_list_text(made(facts), PLAIN, None).splitlines()[1].split()


@pytest.mark.parametrize(
    ("tokens", "shown"),
    [(None, "-"), (900, "900"), (8192, "8.19k"), (200_000, "200k"), (1_000_000, "1M"), (1_048_576, "1.05M")],
)
def test_tokens_are_told_as_people_say_them(tokens: int | None, shown: str) -> None:
    assert cells(ModelFacts(context_window=tokens))[2] == shown


@pytest.mark.parametrize(
    ("read", "written", "shown"),
    [(None, None, "-"), (5, 25.0, "$5/$25"), (0.0375, None, "$0.0375/?"), (0, 0, "$0/$0"), (None, 1.25, "?/$1.25")],
)
def test_prices_are_dollars_read_and_written(read: float | None, written: float | None, shown: str) -> None:
    assert cells(ModelFacts(input_price=read, output_price=written))[3] == shown


def test_a_price_that_is_half_known_is_null_in_json() -> None:
    assert json.loads(model_list_json(made(ModelFacts(output_price=1.5))))["models"][0]["cost"] == {
        "input": None,
        "output": 1.5,
    }


def test_json_has_a_model_a_line() -> None:
    assert model_list_json(made(ModelFacts())).splitlines()[3].startswith('    {"key": "p/m", ')
    assert json.loads(model_list_json(made(ModelFacts())._replace(rows=())))["models"] == []


@pytest.mark.parametrize(
    ("facts", "missing", "code"), [(ModelFacts(), True, 31), (ModelFacts(retires="2027-01-01"), False, 33)]
)
def test_colour_marks_what_needs_attention(facts: ModelFacts, *, missing: bool, code: int) -> None:
    assert f"\x1b[{code}mp/m" in model_list_text(made(facts, missing=missing), COLOURS, None)


def test_nothing_that_acts_reaches_the_terminal() -> None:
    hostile = made(ModelFacts(name="\x1b[2J"), model="\x1b[2J##[x", tags=("\x07",))
    for text in (model_list_text(hostile, PLAIN, None), model_list_plain(hostile), model_list_json(hostile)):
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "##[" not in text


def test_nothing_to_list_says_so() -> None:
    assert model_list_text(ModelList((), CatalogSource("s", "1", "2026-01-01")), PLAIN, None) == "no models\n"


def test_a_price_of_another_provider_is_marked_everywhere() -> None:
    facts = ModelFacts(input_price=5, output_price=25, list_price_of="anthropic")
    assert json.loads(model_list_json(made(facts)))["models"][0]["cost"] == {
        "input": 5,
        "output": 25,
        "source": "list price of anthropic",
    }
    for width in (None, 30):
        assert "list price of anthropic" in " ".join(model_list_text(made(facts), PLAIN, width).split())


def test_prices_for_caches_are_left_out_if_they_are_unknown() -> None:
    facts = ModelFacts(cache_read_price=0.5)
    assert json.loads(model_list_json(made(facts)))["models"][0]["cost"] == {
        "input": None,
        "output": None,
        "cacheRead": 0.5,
    }
