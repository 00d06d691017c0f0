"""What the facts of a model decide, and what decides where sources disagree. Whole configurations: fixtures/configs."""

from __future__ import annotations

import pytest

from tests.diff.readings import read
from text2llm.policy.judge import make_test
from text2llm.policy.judged import JudgedModel, Span
from text2llm.refs import ModelRef, Spellings

PRICE = {"input": 5}


def judge_price(monkeypatch: pytest.MonkeyPatch, span: Span | None) -> list[tuple[str, bool]]:
    monkeypatch.setattr(JudgedModel, "prices", property(lambda _self: {"input": span}))
    model = JudgedModel(ModelRef("a", "big"), read("version: 1\n"))
    return [(each.problem, each.certain) for each in make_test("price", PRICE, Spellings())(model)]


def test_the_lowest_of_a_disputed_price_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judge_price(monkeypatch, Span(4, 5)) == []
    assert judge_price(monkeypatch, Span(6, 9)) == [("costs $6 per million input tokens, more than $5", True)]


def test_a_limit_between_disputed_prices_cannot_be_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = "costs $4 or $6 per million input tokens, by different sources, and the limit is $5"
    assert judge_price(monkeypatch, Span(4, 6)) == [(problem, False)]
    assert judge_price(monkeypatch, None) == [("has no known input price", False)]


OWN = "version: 1\nmodels: {providers: {a: {baseUrl: 'https://a.example', models: [{id: big, contextWindow: 10}]}}}\n"


def test_from_outside_the_facts_of_the_configuration_do_not_count() -> None:
    reading = read(OWN)
    assert JudgedModel(ModelRef("a", "big"), reading).context == 10
    assert JudgedModel(ModelRef("a", "big"), reading, outside=True).context == 200000


@pytest.mark.parametrize(
    ("allow", "certain"), [(["https://*"], []), (["https://a.example"], []), (["https://b.example"], [True])]
)
def test_an_origin_is_allowed_by_name_or_pattern(allow: list[str], certain: list[bool]) -> None:
    test = make_test("origins", {"allow": allow}, Spellings())
    assert [each.certain for each in test(JudgedModel(ModelRef("a", "big"), read(OWN)))] == certain


@pytest.mark.parametrize("key", ["providers", "models", "origins"])
def test_an_empty_section_decides_nothing(key: str) -> None:
    assert list(make_test(key, {}, Spellings())(JudgedModel(ModelRef("a", "big"), read(OWN)))) == []


WIRED = OWN.replace("id: big, contextWindow: 10", "id: big, wire: small").replace("baseUrl", "api: ollama, baseUrl")


def test_from_outside_a_model_is_the_one_that_the_api_is_asked_for() -> None:
    model = JudgedModel(ModelRef("a", "big"), read(WIRED), outside=True)
    assert model.context == 32000
    test = make_test("models", {"allow": ["a/big"], "deny": ["*/SMALL"]}, Spellings())
    assert [each.problem for each in test(model)] == [
        "is requested as a/small, which is denied",
        "is requested as a/small, which is not allowed",
    ]
