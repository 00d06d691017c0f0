"""The eight places, and what a role of an agent sends to a model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.probe.making import view
from text2llm.config.roles import IMAGE, MAIN, Role
from text2llm.refs import ModelRef
from text2llm.rules.params import list_places
from text2llm.upstream.effective import find_lacking, find_params

SMALL = Role("small")
M1 = ModelRef("lab", "m1")
PLACES = [
    "{models: {providers: {Lab: {baseUrl: 'http://127.0.0.1:1/v1', params: {PARAMS}, models: [{id: m1}]}}}}",
    "{models: {providers: {Lab: {baseUrl: 'http://127.0.0.1:1/v1', models: [{id: m1, params: {PARAMS}}]}}}}",
    "{agents: {defaults: {params: {PARAMS}}}}",
    "{agents: {defaults: {roles: {small: {params: {PARAMS}}}}}}",
    "{agents: {defaults: {models: {LAB/m1: {params: {PARAMS}}}}}}",
    "{agents: {entries: {Coder: {params: {PARAMS}}}}}",
    "{agents: {entries: {Coder: {roles: {small: {params: {PARAMS}}}}}}}",
    "{agents: {entries: {Coder: {models: {lab/m2: {params: {seed: 0}}, LAB/m1: {params: {PARAMS}}}}}}}",
]


def merge(*texts: str) -> str:
    import json

    import yaml

    def join(wide: Any, narrow: Any) -> Any:
        if isinstance(wide, dict) and isinstance(narrow, dict):
            return {**wide, **{key: join(wide.get(key), value) for key, value in narrow.items()}}
        if isinstance(wide, list) and isinstance(narrow, list):
            return [join(*pair) for pair in zip(wide, narrow, strict=True)]
        return narrow

    whole: Any = {"version": 1}
    for text in texts:
        whole = join(whole, yaml.safe_load(text))
    return json.dumps(whole)


def place(index: int, params: str) -> str:
    return PLACES[index].replace("PARAMS", params)


@pytest.mark.parametrize("index", range(8))
def test_each_place_applies_to_its_own(index: int) -> None:
    reading = view(merge(place(0, "user: u"), place(index, "seed: 7")))
    assert find_params(reading, "coder", SMALL, M1).params["seed"] == 7


@pytest.mark.parametrize("wide", range(7))
def test_the_narrower_of_two_places_applies(wide: int) -> None:
    for narrow in range(wide + 1, 8):
        reading = view(merge(place(1, "user: u"), place(narrow, "max_tokens: 2"), place(wide, "maxTokens: 1")))
        assert find_params(reading, "coder", SMALL, M1).params["maxTokens"] == 2, (wide, narrow)


def test_null_in_a_narrow_place_keeps_a_wide_value_from_being_sent() -> None:
    found = find_params(view(merge(place(2, "seed: 1"), place(5, "seed: null"))), "coder", MAIN, M1)
    assert (found.params, found.request) == ({"seed": None}, {})


@pytest.mark.parametrize(
    ("index", "agent", "role", "model"),
    [
        (1, "coder", SMALL, "m2"),
        (3, "coder", MAIN, "m1"),
        (3, "coder", IMAGE, "m1"),
        (4, "coder", SMALL, "m2"),
        (5, "writer", SMALL, "m1"),
        (5, None, SMALL, "m1"),
        (6, "coder", MAIN, "m1"),
        (7, "writer", SMALL, "m1"),
    ],
)
def test_no_place_applies_to_others(index: int, agent: str | None, role: Role, model: str) -> None:
    reading = view(merge(place(index, "seed: 7")))
    assert "seed" not in find_params(reading, agent, role, ModelRef("lab", model)).params


def test_without_parameters_there_is_nothing() -> None:
    reading = view("{version: 1, agents: {defaults: {model: lab/m1, params: {}}, entries: {coder: {models: {}}}}}")
    assert reading.config.params is None
    assert not find_params(reading, "coder", SMALL, M1)
    assert list(list_places(reading)) == []


def test_a_word_that_the_api_lacks_is_dropped() -> None:
    reading = view("{version: 1, agents: {defaults: {params: {seed: 7, temperature: 1}}}}")
    found = find_params(reading, None, MAIN, ModelRef("anthropic", "claude-opus-4-5"))
    assert (found.params, found.request, found.dropped) == ({"temperature": 1}, {"temperature": 1}, {"seed": 7})


def test_an_own_model_in_another_spelling_is_that_model() -> None:
    models = "[{id: opus-4.5, params: {seed: null, topK: 4}}, {id: x}]"
    reading = view(merge("{models: {providers: {anthropic: {models: MODELS}}}}".replace("MODELS", models)))
    assert find_params(reading, None, MAIN, ModelRef("anthropic", "claude-opus-4-5")).request == {"top_k": 4}
    assert not find_params(reading, None, MAIN, ModelRef("anthropic", "other"))


def test_the_field_of_the_limit_is_that_of_the_descriptor_or_compat() -> None:
    reading = view("{version: 1, agents: {defaults: {params: {max_tokens: 9}}}}")
    assert find_params(reading, None, MAIN, ModelRef("groq", "x")).request == {"max_completion_tokens": 9}
    compat = merge(place(0, "maxTokens: 9"), "{models: {providers: {Lab: {compat: {maxTokensField: limits.output}}}}}")
    assert find_params(view(compat), None, MAIN, M1).request == {"limits": {"output": 9}}


def test_places_are_listed_with_the_model_that_they_are_for() -> None:
    reading = view(merge(*(place(index, "seed: 1") for index in range(8))))
    assert [(written.place.pointer[-3:], str(written.ref)) for written in list_places(reading)] == [
        (("providers", "Lab", "params"), "None"),
        (("models", 0, "params"), "lab/m1"),
        (("agents", "defaults", "params"), "None"),
        (("roles", "small", "params"), "None"),
        (("models", "LAB/m1", "params"), "lab/m1"),
        (("entries", "Coder", "params"), "None"),
        (("roles", "small", "params"), "None"),
        (("models", "lab/m2", "params"), "lab/m2"),
        (("models", "LAB/m1", "params"), "lab/m1"),
    ]


def test_a_role_with_parameters_alone_inherits_its_model() -> None:
    text = "{agents: {defaults: {roles: {small: lab/m1}}, entries: {coder: {roles: {small: {params: {seed: 1}}}}}}}"
    chain = view(merge(text)).resolver.chain("coder", SMALL)
    assert chain.primary is not None
    assert (chain.primary.ref, chain.primary_source) == (M1, "defaults")


def test_an_api_that_probes_do_not_speak_has_its_words_too() -> None:
    reading = view("{version: 1, agents: {defaults: {params: {temperature: 1, effort: low}}}}")
    found = find_params(reading, None, MAIN, ModelRef("openai-codex", "gpt-5.2"))
    assert (found.request, found.dropped) == ({"reasoning": {"effort": "low"}}, {"temperature": 1})


def test_the_words_are_those_of_the_api_of_the_id_that_it_knows() -> None:
    own = "{opencode: {models: [{id: big, wire: claude-opus-4-5}]}}"
    reading = view(f"{{version: 1, agents: {{defaults: {{params: {{effort: high}}}}}}, models: {{providers: {own}}}}}")
    found = find_params(reading, None, MAIN, ModelRef("opencode", "big"))
    assert found.request == {"output_config": {"effort": "high"}}


def test_an_api_lacks_a_word_and_not_what_is_none() -> None:
    reading = view(merge(place(0, "topK: 1, model: other")))
    assert find_lacking("context1m", M1, reading) == "openai-completions"
    assert find_lacking("model", M1, reading) is None
