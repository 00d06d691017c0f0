from __future__ import annotations

import pytest

from text2llm.catalog.facts import Catalog, CatalogSource, ModelFacts
from text2llm.catalog.layers import build_catalog, combine, declared_models, find_lenders, overlay, own_facts
from text2llm.config.model import Config
from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.providers.registry import load_registry
from text2llm.refs import ModelRef

OPUS = ModelFacts(
    name="Opus", context_window=1000, reasoning=True, input_price=5.0, output_price=25.0, retires="2026-03-01"
)
BUNDLE = Catalog(
    CatalogSource("p", "1", "2026-01-01"),
    {
        "openai": {"one": ModelFacts(name="One", context_window=1000, input_price=5.0), "two": ModelFacts()},
        "anthropic": {"opus": OPUS, "unpriced": ModelFacts(name="Three")},
    },
    {"anthropic": ("tuned-",), "openai": ("ft:",)},
)
REGISTRY = load_registry()


def config(providers: str) -> Config:
    text = f"version: 1\nmodels:\n  providers:\n    {providers}\n"
    return build_config(read_document("c.yaml", text.encode()), {})


def build(providers: str) -> Catalog:
    return build_catalog(config(providers), REGISTRY, {}, BUNDLE)


def find(providers: str, ref: str) -> ModelFacts | None:
    return build(providers).find(ModelRef(*ref.split("/")))


def test_the_configuration_goes_before_the_listing_and_that_before_the_bundle_fact_by_fact() -> None:
    listings = {"openai": {"one": ModelFacts(name="Listed", context_window=2000)}}
    found = build_catalog(config("openai: {models: [{id: one, name: Ours}]}"), REGISTRY, listings, BUNDLE)
    expected = ModelFacts(name="Ours", context_window=2000, input_price=5.0)
    assert found.find(ModelRef("openai", "one")) == expected


def test_a_layer_adds_models_and_providers_and_takes_none_away() -> None:
    listings = {"openai": {"listed": ModelFacts()}, "groq": {"m": ModelFacts()}}
    catalog = build_catalog(
        config("{openai: {models: [{id: new}]}, lab: {models: [{id: m, name: M}]}}"), REGISTRY, listings, BUNDLE
    )
    assert {provider: sorted(models) for provider, models in catalog.providers.items()} == {
        "openai": ["listed", "new", "one", "two"],
        "lab": ["m"],
        "groq": ["m"],
        "anthropic": ["opus", "unpriced"],
    }
    assert len(catalog.providers) == 4
    assert catalog.source == BUNDLE.source
    assert not catalog.covers("nobody")
    assert catalog.find(ModelRef("anthropic", "opus")) == OPUS


def test_without_other_layers_the_catalog_is_the_bundle() -> None:
    assert build("{}") is BUNDLE
    assert combine({}, BUNDLE) is BUNDLE


def test_false_and_nothing_to_pay_are_facts() -> None:
    lower = ModelFacts(tools=True, input_price=3.0, inputs=("text",))
    assert overlay(ModelFacts(tools=False, input_price=0.0), lower) == ModelFacts(
        tools=False, input_price=0.0, inputs=("text",)
    )


def test_a_provider_that_no_layer_has_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        _ = build("lab: {models: [{id: m}]}").providers["nobody"]


def test_models_of_the_configuration_have_canonical_names() -> None:
    text = """z.ai: {models: [{id: glm, name: Ours, contextWindow: 9, maxTokens: 8, input: [text, pdf]}, {id: glm}]}
    zai: {catalog: openai, models: [{id: other}]}
    lab: {models: [{id: m1, cost: {input: 1, output: 2, cacheRead: 3, cacheWrite: 4}, reasoning: false}]}
    empty: {}
"""
    declared = declared_models(config(text), REGISTRY.spellings())
    facts = {name: {key: own_facts(model) for key, model in each.models.items()} for name, each in declared.items()}
    assert facts == {
        "zai": {
            "glm": ModelFacts(name="Ours", context_window=9, max_tokens=8, inputs=("text", "pdf")),
            "other": ModelFacts(),
        },
        "lab": {
            "m1": ModelFacts(reasoning=False, input_price=1, output_price=2, cache_read_price=3, cache_write_price=4)
        },
    }
    assert {name: each.catalog for name, each in declared.items()} == {"zai": "openai", "lab": None}


BORROWED = OPUS._replace(retires=None, list_price_of="anthropic")


def test_a_provider_with_a_catalog_serves_its_models_and_its_own_ones() -> None:
    catalog = build("gw: {catalog: Anthropic, models: [{id: extra}]}")
    assert catalog.providers["gw"] == {
        "opus": BORROWED,
        "unpriced": ModelFacts(name="Three"),
        "extra": ModelFacts(),
    }
    assert catalog.covers("gw")
    assert catalog.expects(ModelRef("gw", "opsu"))
    assert not catalog.expects(ModelRef("gw", "tuned-by-us"))
    assert BORROWED.price_note == "list price of anthropic"
    assert OPUS.price_note is None


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("{id: large, sameAs: anthropic/opus}", BORROWED),
        (
            "{id: large, sameAs: anthropic/opus, name: L, contextWindow: 7}",
            BORROWED._replace(name="L", context_window=7),
        ),
        ("{id: large, sameAs: anthropic/nothing}", ModelFacts()),
        ("{id: large, sameAs: openai/one}", ModelFacts("One", 1000, input_price=5.0, list_price_of="openai")),
        ("{id: large, wire: opus}", BORROWED),
        ("{id: opus, wire: deployment-7}", BORROWED),
        ("{id: opus, sameAs: openai/two}", BORROWED),
        ("{id: large, sameAs: anthropic/unpriced, wire: opus}", BORROWED._replace(name="Three")),
        (
            "{id: opus, cost: {input: 1}}",
            OPUS._replace(retires=None, input_price=1, output_price=None),
        ),
    ],
)
def test_own_fields_go_before_the_same_model_and_that_before_the_catalog(model: str, expected: ModelFacts) -> None:
    name = model.partition("id: ")[2].partition(",")[0]
    assert find(f"gw: {{catalog: anthropic, models: [{model}]}}", f"gw/{name}") == expected


def test_a_built_in_provider_keeps_its_own_facts_and_dates() -> None:
    providers = "anthropic: {catalog: openai, models: [{id: opus, maxTokens: 5}, {id: alike, wire: opus}]}"
    catalog = build(providers)
    assert catalog.find(ModelRef("anthropic", "opus")) == OPUS._replace(max_tokens=5)
    assert catalog.find(ModelRef("anthropic", "alike")) == OPUS
    found = catalog.find(ModelRef("anthropic", "one"))
    assert found is not None
    assert found.price_note == "list price of openai"
    assert not catalog.expects(ModelRef("anthropic", "tuned-x"))
    assert not catalog.expects(ModelRef("anthropic", "ft:x"))


@pytest.mark.parametrize(
    ("providers", "ref", "expected"),
    [
        ("lab: {models: [{id: m}]}", "lab/other", True),
        ("openrouter: {models: [{id: m}]}", "openrouter/other", False),
        ("openai: {models: [{id: m}]}", "openai/other", True),
        ("gw: {catalog: openrouter, models: [{id: m}]}", "gw/other", False),
        ("gw: {catalog: openai}", "gw/other", True),
    ],
)
def test_only_a_whole_list_makes_another_model_unknown(providers: str, ref: str, *, expected: bool) -> None:
    assert build(providers).expects(ModelRef(*ref.split("/"))) is expected


def test_lenders_are_all_providers_whose_facts_are_used() -> None:
    text = "{gw: {catalog: z.ai, models: [{id: m, sameAs: openai/one}, {id: n}]}, lab: {models: []}}"
    assert find_lenders(config(text), REGISTRY.spellings()) == {"zai", "openai"}
