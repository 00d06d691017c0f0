"""Parameters from wide to narrow."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from text2llm.params.spelling import SpelledParam, read_params
from text2llm.params.translate import merge_layers

#: Names for one word each, and names of providers that hold a map or another value.
SPELLINGS = {
    "temperature": ["temperature"],
    "maxTokens": ["maxTokens", "max_tokens", "max_completion_tokens", "maxOutputTokens", "max_output_tokens"],
    "effort": ["effort", "reasoning_effort"],
    "topP": ["topP", "top_p"],
}
VALUES = st.one_of(st.none(), st.integers(0, 9), st.sampled_from(["low", "high"]))
MAPS = st.dictionaries(st.sampled_from(["only", "order", "sort"]), VALUES, max_size=3)
LAYERS = st.fixed_dictionaries(
    {},
    optional={**dict.fromkeys(SPELLINGS, VALUES), "verbosity": VALUES, "provider": MAPS, "chat_template_kwargs": MAPS},
)


def merge(*layers: dict[str, Any]) -> dict[str, Any]:
    return {name: spoken.value for name, spoken in merge_layers(map(read_params, layers)).items()}


@given(LAYERS, LAYERS, LAYERS)
def test_merging_is_associative(wide: dict[str, Any], middle: dict[str, Any], narrow: dict[str, Any]) -> None:
    layers = [read_params(layer) for layer in (wide, middle, narrow)]
    first = merge_layers([merge_layers(layers[:2]), layers[2]])
    last = merge_layers([layers[0], merge_layers(layers[1:])])
    assert first == last == merge_layers(layers)


@given(LAYERS, LAYERS)
def test_the_narrow_value_applies_and_null_survives(wide: dict[str, Any], narrow: dict[str, Any]) -> None:
    merged = merge(wide, narrow)
    assert set(merged) == {*wide, *narrow}
    for name, value in narrow.items():
        assert merged[name] == ({**wide.get(name, {}), **value} if isinstance(value, dict) else value)


@given(LAYERS, LAYERS, st.randoms())
def test_a_providers_spelling_changes_nothing(wide: dict[str, Any], narrow: dict[str, Any], random: Any) -> None:
    def respell(layer: dict[str, Any]) -> dict[str, Any]:
        return {random.choice(SPELLINGS.get(name, [name])): value for name, value in layer.items()}

    assert merge(respell(wide), respell(narrow)) == merge(wide, narrow)


def test_a_word_and_a_providers_name_for_it_are_one_value() -> None:
    assert merge({"effort": "low"}, {"reasoning_effort": "high"}) == {"effort": "high"}
    assert merge({"reasoning": {"effort": "high", "summary": "auto"}}, {"effort": "low"}) == {
        "effort": "low",
        "reasoning": {"summary": "auto"},
    }


def test_what_is_inside_a_map_that_a_narrower_place_does_not_send_is_not_sent() -> None:
    assert merge({"effort": "high"}, {"reasoning": None}) == {"effort": None, "reasoning": None}


def test_the_narrow_spelling_is_kept() -> None:
    assert merge_layers([read_params({"max_tokens": 1}), read_params({"max_completion_tokens": 2})]) == {
        "maxTokens": SpelledParam(2, "max_completion_tokens")
    }
