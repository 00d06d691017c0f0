"""The providers' names for what a word says."""

from __future__ import annotations

from typing import Any

import pytest

from text2llm.params.sites import find_keys
from text2llm.params.spelling import find_paths, fold_name, read_params
from text2llm.params.wires import NAMES


def plain(params: dict[str, Any]) -> dict[str, Any]:
    return {name: spoken.value for name, spoken in read_params(params).items()}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"max_tokens": 9}, {"maxTokens": 9}),
        ({"max_completion_tokens": 9}, {"maxTokens": 9}),
        ({"max_output_tokens": 9}, {"maxTokens": 9}),
        ({"maxOutputTokens": 9}, {"maxTokens": 9}),
        ({"generationConfig": {"topP": 1, "labels": 2}}, {"topP": 1, "generationConfig": {"labels": 2}}),
        ({"generation_config": {"top_k": 3}}, {"topK": 3}),
        ({"inferenceConfig": {"stopSequences": ["a"]}}, {"stop": ["a"]}),
        ({"options": {"num_predict": 9, "num_ctx": 4096}}, {"maxTokens": 9, "options": {"num_ctx": 4096}}),
        ({"reasoning_effort": "high"}, {"effort": "high"}),
        ({"reasoning": {"effort": "HIGH", "summary": "auto"}}, {"effort": "high", "reasoning": {"summary": "auto"}}),
        ({"output_config": {"effort": "max"}}, {"effort": "max"}),
        ({"thinkingConfig": {"thinkingLevel": "LOW"}}, {"effort": "low"}),
        ({"service_tier": "flex"}, {"serviceTier": "flex"}),
        ({"serviceTier": {"type": "flex"}}, {"serviceTier": "flex"}),
        ({"extra_body": {"top_k": 4}, "seed": 1}, {"topK": 4, "seed": 1}),
        ({"extra_body": "odd"}, {"extra_body": "odd"}),
        ({"stop_sequences": "x"}, {"stop": "x"}),
    ],
)  # fmt: skip
def test_what_says_the_same_becomes_the_word(written: dict[str, Any], read: dict[str, Any]) -> None:
    assert plain(written) == read


@pytest.mark.parametrize(
    "own",
    [
        {"thinking": {"type": "enabled", "budget_tokens": 2000}},
        {"provider": {"only": ["a"]}},
        {"think": True},
        {"num_predict": -1},
        {"TopP": 1},
        {"MAX_TOKENS": 9},
        {"reasoning": {}},
    ],
)
def test_what_says_something_else_stays(own: dict[str, Any]) -> None:
    assert plain(own) == own


def test_of_two_names_in_one_map_the_word_applies() -> None:
    assert plain({"effort": "low", "reasoning_effort": "high"}) == {"effort": "low"}
    assert plain({"reasoning_effort": "high", "effort": "low"}) == {"effort": "low"}


def test_a_map_that_is_not_sent_holds_no_word_that_is() -> None:
    assert plain({"reasoning": None}) == {"reasoning": None, "effort": None}
    assert plain({"effort": "low", "reasoning": None}) == {"effort": "low", "reasoning": None}


def test_null_is_a_value() -> None:
    assert plain({"max_tokens": None}) == {"maxTokens": None}


@pytest.mark.parametrize(
    ("name", "written", "keys"),
    [
        ("effort", {"thinkingConfig": {"thinkingLevel": "low"}}, ("thinkingConfig", "thinkingLevel")),
        ("effort", {"reasoning_effort": "low", "effort": "high"}, ("effort",)),
        ("topK", {"extra_body": {"top_k": 1}}, ("extra_body", "top_k")),
        ("provider", {"provider": {"only": []}}, ("provider",)),
    ],
)
def test_the_keys_of_a_parameter_are_found(name: str, written: dict[str, Any], keys: tuple[str, ...]) -> None:
    assert find_keys(name, written) == keys


def test_a_word_says_itself() -> None:
    assert {find_paths()[(fold_name(word),)]: word for word in NAMES} == {word: word for word in NAMES}
