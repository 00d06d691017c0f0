from __future__ import annotations

import pytest

from text2llm.catalog.facts import Catalog, CatalogSource, ModelFacts
from text2llm.catalog.layers import combine, configured_models, overlay
from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.providers.registry import load_registry
from text2llm.refs import ModelRef

BUNDLE = Catalog(
    CatalogSource("p", "1", "2026-01-01"),
    {
        "a": {"one": ModelFacts(name="One", context_window=1000, input_price=5.0), "two": ModelFacts()},
        "b": {"three": ModelFacts(name="Three")},
    },
)


def test_the_configuration_goes_before_the_listing_and_that_before_the_bundle_fact_by_fact() -> None:
    configured = {"a": {"one": ModelFacts(name="Ours")}}
    listings = {"a": {"one": ModelFacts(name="Listed", context_window=2000)}}
    found = combine(configured, listings, BUNDLE).find(ModelRef("a", "one"))
    assert found == ModelFacts(name="Ours", context_window=2000, input_price=5.0)


def test_a_layer_adds_models_and_providers_and_takes_none_away() -> None:
    catalog = combine({"a": {"new": ModelFacts()}, "lab": {"m": ModelFacts(name="M")}}, {}, BUNDLE)
    assert {provider: sorted(models) for provider, models in catalog.providers.items()} == {
        "a": ["new", "one", "two"],
        "lab": ["m"],
        "b": ["three"],
    }
    assert len(catalog.providers) == 3
    assert catalog.source == BUNDLE.source
    assert not catalog.covers("nobody")
    assert catalog.find(ModelRef("b", "three")) == ModelFacts(name="Three")


def test_without_other_layers_the_catalog_is_the_bundle() -> None:
    assert combine({}, {}, BUNDLE) is BUNDLE


def test_false_and_nothing_to_pay_are_facts() -> None:
    lower = ModelFacts(tools=True, input_price=3.0, inputs=("text",))
    assert overlay(ModelFacts(tools=False, input_price=0.0), lower) == ModelFacts(
        tools=False, input_price=0.0, inputs=("text",)
    )


def test_a_provider_that_no_layer_has_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        combine({"a": {}}, {}, BUNDLE).providers["nobody"]


def test_models_of_the_configuration_have_canonical_names() -> None:
    text = """version: 1
models:
  providers:
    z.ai: {models: [{id: glm, name: Ours, contextWindow: 9, maxTokens: 8, input: [text, pdf]}, {id: glm, name: Twice}]}
    lab: {models: [{id: m1}]}
    empty: {}
"""
    config = build_config(read_document("c.yaml", text.encode()), {})
    assert configured_models(config, load_registry().spellings()) == {
        "zai": {"glm": ModelFacts(name="Ours", context_window=9, max_tokens=8, inputs=("text", "pdf"))},
        "lab": {"m1": ModelFacts()},
    }
