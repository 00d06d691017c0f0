"""What is wrong with written parameters; the cases of fixtures/configs show the findings."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from text2llm.params.check import MAX_COMPARED, ParamCheck
from text2llm.params.words import WORDS


def problems(params: dict[str, Any]) -> list[str]:
    return [".".join(problem.keys) for problem in ParamCheck().check(params)]


@pytest.mark.parametrize("word", WORDS)
def test_the_example_of_each_word_is_valid(word: str) -> None:
    assert problems({word: WORDS[word].example}) == []


@pytest.mark.parametrize("word", WORDS)
def test_a_map_is_no_value_of_a_word_and_null_is(word: str) -> None:
    assert problems({word: {"type": 1}})
    assert problems({word: None}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *product(["temperature"], ["hot", True, 2.1, -1, float("nan"), [1]]),
        *product(["top_p"], [1.5, "0.9"]),
        *product(["top_k"], [1.5, -2, "many", False]),
        *product(["max_tokens"], [0, -1, 1.5, "9", True]),
        *product(["stop"], ["", [""], [1], 3]),
        *product(["seed"], ["7", 1.0, True]),
        *product(["effort"], ["hgih", 3, True, "default", ""]),
        *product(["reasoning_effort"], ["hgih", True]),
        *product(["service_tier"], ["", 1, "priorty"]),
        *product(["context1m"], ["yes", 1]),
        *product(["timeout"], ["60", "60 s", 0, -1, 1.5, True]),
        *product(["thinking"], [3, [], {"budget_tokens": "all"}]),
        ("frequency_penalty", 3),
        ("logit_bias", []),
        ("provider", {"data_collection": "denied"}),
        ("options", {"num_ctx": 0}),
        ("think", "hgih"),
    ],
)
def test_impossible_values(name: str, value: Any) -> None:
    assert len(problems({name: value})) == 1


@pytest.mark.parametrize(
    "params",
    [
        {"effort": "HIGH", "topK": -1, "stop": "x", "timeout": 1000, "serviceTier": "a_new_one"},
        {"reasoning_effort": "default"},
        {"think": True},
        {"num_predict": -1},
        {"options": {"num_predict": -2, "mirostat": 1}},
        {"thinking": {"type": "adaptive"}},
        {"thinking": "enabled"},
        {"a_name_of_the_provider": {"temprature": 1}, "transforms": ["middle-out"], "guided_json": {}},
        {"x" * 100: 1},
    ],
)
def test_what_a_provider_may_take_is_no_problem(params: dict[str, Any]) -> None:
    assert problems(params) == []


@pytest.mark.parametrize("name", ["sed", "temprature", "topk", "max_token", "reasoning_efort", "TEMPERATURE", "temp"])
def test_misspelled_names(name: str) -> None:
    assert problems({name: 1}) == [name]


def test_the_names_that_are_compared_are_bounded() -> None:
    many = {f"temperatur{number:04}": 1 for number in range(MAX_COMPARED * 2)}
    assert len(problems(many)) <= MAX_COMPARED
    assert problems({**many, "temprature": 1})[-1:] != ["temprature"]
