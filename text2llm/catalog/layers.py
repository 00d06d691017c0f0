"""Facts in layers: the configuration precedes a provider's listing, and that the bundle. Pure.

Each fact is taken from the first layer that knows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from text2llm.catalog.facts import Catalog, LazyMapping, ModelFacts

if TYPE_CHECKING:
    from text2llm.config.model import Config, CustomModel, CustomProvider
    from text2llm.refs import ModelRef, Spellings

#: Facts by canonical provider id and the model's id there.
Layer: TypeAlias = Mapping[str, Mapping[str, ModelFacts]]


def configured_models(config: Config, spellings: Spellings) -> dict[str, dict[str, ModelFacts]]:
    """The models under ``models.providers``; of two entries for one model the first applies."""
    found: dict[str, dict[str, ModelFacts]] = {}
    for custom in config.providers.values():
        for model in custom.models:
            ref = spellings.ref(custom.id, model.id)
            found.setdefault(ref.provider, {}).setdefault(ref.model, _facts(model))
    return found


def _facts(model: CustomModel) -> ModelFacts:
    return ModelFacts(
        name=model.name,
        context_window=model.context_window,
        max_tokens=model.max_tokens,
        inputs=model.input or None,
    )


def combine(configured: Layer, listings: Layer, bundle: Catalog) -> Catalog:
    if not configured and not listings:
        return bundle
    layers = (configured, listings, bundle.providers)
    providers = dict.fromkeys(provider for layer in layers for provider in layer)
    combined = LazyMapping(
        providers, lambda provider: _stack([layer[provider] for layer in layers if provider in layer])
    )
    return bundle._replace(providers=combined)


def lacks(catalog: Catalog, ref: ModelRef, custom: CustomProvider | None) -> bool:
    """Whether a model is missing from the catalog; ``custom`` is its provider in the configuration.

    A provider with another base URL has only the models that the configuration lists, if any.
    """
    if catalog.find(ref) is not None:
        return False
    return bool(custom.models) if custom is not None and custom.moved else catalog.expects(ref)


def overlay(upper: ModelFacts, lower: ModelFacts) -> ModelFacts:
    """The facts of ``upper``, completed with those of ``lower``."""
    return lower._replace(**{name: fact for name, fact in upper._asdict().items() if fact is not None})


def _stack(layers: list[Mapping[str, ModelFacts]]) -> Mapping[str, ModelFacts]:
    top, *below = layers
    if not below:
        return top
    stacked = dict(_stack(below))
    for model, facts in top.items():
        stacked[model] = overlay(facts, stacked[model]) if model in stacked else facts
    return stacked
