from __future__ import annotations

import pytest

from text2llm.config.suggest import MAX_SUGGESTIONS, Suggestions, find_near, is_misspelling

KEYS = ["model", "models", "modelPolicy", "imageModel"]


@pytest.mark.parametrize(
    ("word", "near"),
    [("modle", "model"), ("MODEL", "model"), ("modelpolicy", "modelPolicy"), ("ima", "imageModel"), ("zzz", None)],
)
def test_near(word: str, near: str | None) -> None:
    assert find_near(word, KEYS) == near


def test_few_letters_in_common_are_not_near() -> None:
    assert find_near("nope", ["openai"]) is None


def test_of_two_spellings_the_first_is_named() -> None:
    assert find_near("opus", ["Opus", "OPUS"]) == "Opus"


def test_a_very_long_word_is_near_to_nothing() -> None:
    assert find_near("model" * 20, ["model" * 20]) is None


def test_no_more_than_20_searches_a_file() -> None:
    suggestions = Suggestions()
    found = [suggestions.near("modle", KEYS) for _ in range(MAX_SUGGESTIONS + 2)]
    assert found == ["model"] * 20 + [None] * 2


@pytest.mark.parametrize(
    ("word", "name", "is_one"),
    [
        ("modle", "model", True),
        ("model_policy", "modelPolicy", True),
        ("Model", "model", True),
        ("falbaks", "fallbacks", True),
        ("modelPolicy", "policy", False),
        ("imageGenerationModel", "imageModel", False),
        ("authHeader", "headers", False),
        ("mod", "model", False),
    ],
)
def test_a_misspelling_has_a_letter_or_two_wrong(word: str, name: str, *, is_one: bool) -> None:
    assert is_misspelling(word, name) is is_one
