"""Facts in layers: the configuration precedes a provider's listing, and that the bundle. Pure.

Each fact is taken from the first layer that knows it. Below the configuration's own fields are the facts of the model
that ``sameAs`` names, below those of the provider itself those of the provider that ``catalog`` names.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from text2llm.catalog.facts import PRICES, Catalog, LazyMapping, ModelFacts
from text2llm.config.model import find_wire_id
from text2llm.refs import ModelRef

if TYPE_CHECKING:
    from text2llm.config.model import Config, CustomModel, CustomProvider
    from text2llm.providers.registry import Registry
    from text2llm.refs import Spellings

#: Facts by canonical provider id and the model's id there.
Layer: TypeAlias = Mapping[str, Mapping[str, ModelFacts]]

#: What holds at the model's own provider only: another one may serve it longer.
_NEVER_LENT: dict[str, None] = {"retires": None}
_NO_PRICES: dict[str, None] = dict.fromkeys((*PRICES, "list_price_of"))


class FactSource(Enum):
    """What a fact comes from: the configuration, a model that it names, the provider's own catalog, or another's."""

    CONFIG = "config"
    SAME_AS = "sameAs"
    PROVIDER = "provider"
    CATALOG = "catalog"


class DeclaredModels(NamedTuple):
    """What the configuration says of a provider's models: the first entry of each id; ``catalog`` is a canonical id."""

    models: Mapping[str, CustomModel]
    catalog: str | None


def declared_models(config: Config, spellings: Spellings) -> dict[str, DeclaredModels]:
    """The models under ``models.providers`` by canonical provider id; of two entries for one the first applies."""
    found: dict[str, tuple[dict[str, CustomModel], list[str]]] = {}
    for custom in config.providers.values():
        if custom.models or custom.catalog:
            models, catalogs = found.setdefault(spellings.provider(custom.id), ({}, []))
            for model in custom.models:
                models.setdefault(spellings.ref(custom.id, model.id).model, model)
            catalogs += [spellings.provider(custom.catalog)] if custom.catalog else []
    return {name: DeclaredModels(models, next(iter(catalogs), None)) for name, (models, catalogs) in found.items()}


def find_lenders(config: Config, spellings: Spellings) -> frozenset[str]:
    """The providers (canonical ids) whose facts models of other providers have."""
    customs = config.providers.values()
    written = (each.same_as.partition("/")[0] for custom in customs for each in custom.models if each.same_as)
    return frozenset(map(spellings.provider, (*(each.catalog for each in customs if each.catalog), *written)))


def own_facts(model: CustomModel) -> ModelFacts:
    """The facts that a model of the configuration has itself."""
    return ModelFacts(
        name=model.name,
        context_window=model.context_window,
        max_tokens=model.max_tokens,
        inputs=model.input or None,
        reasoning=model.reasoning,
        input_price=model.cost.get("input"),
        output_price=model.cost.get("output"),
        cache_read_price=model.cost.get("cacheRead"),
        cache_write_price=model.cost.get("cacheWrite"),
    )


def build_catalog(config: Config, registry: Registry, listings: Layer, bundle: Catalog) -> Catalog:
    """The facts of all layers; a provider's are combined when it is first looked up."""
    spellings, known = registry.spellings(), combine(listings, bundle)
    declared = declared_models(config, spellings)
    if not declared:
        return known

    def load(provider: str) -> Mapping[str, ModelFacts]:
        models, own = known.providers.get(provider, {}), declared.get(provider)
        return models if own is None else _build_models(provider, own, known, spellings)

    names = dict.fromkeys((*declared, *known.providers))
    lent = {name: (*known.own.get(name, ()), *known.own.get(each.catalog or "", ())) for name, each in declared.items()}
    partial = frozenset(name for name, each in declared.items() if _is_partial(name, each, known, registry))
    return Catalog(known.source, LazyMapping(names, load), {**known.own, **lent}, partial)


def _is_partial(provider: str, declared: DeclaredModels, known: Catalog, registry: Registry) -> bool:
    """Whether a provider has models that are neither declared nor known: a list of one's own provider is whole."""
    if declared.catalog is not None:
        return not known.covers(declared.catalog)
    return provider in registry.ids() and not known.covers(provider)


def _build_models(
    provider: str, declared: DeclaredModels, known: Catalog, spellings: Spellings
) -> Mapping[str, ModelFacts]:
    """The facts of a provider's models, each joined when it is first looked up."""
    lent = () if declared.catalog is None else known.providers.get(declared.catalog, ())
    names = dict.fromkeys((*known.providers.get(provider, ()), *lent, *declared.models))
    return LazyMapping(names, lambda name: _join(find_layers(ModelRef(provider, name), declared, known, spellings)))


def find_layers(
    ref: ModelRef, declared: DeclaredModels, known: Catalog, spellings: Spellings
) -> list[tuple[FactSource, ModelFacts]]:
    """What each source knows of a model, in order of precedence; those that do not know it are left out."""
    own = declared.models.get(ref.model)
    names = dict.fromkeys((find_wire_id(ref.model, own), ref.model))
    same = None if own is None or own.same_as is None else spellings.ref(*_split(own.same_as))
    found = (
        (FactSource.CONFIG, None if own is None else own_facts(own)),
        (FactSource.SAME_AS, None if same is None else _borrow(known, same.provider, same.model)),
        (FactSource.PROVIDER, _find_first(known, ref.provider, *names)),
        (FactSource.CATALOG, None if declared.catalog is None else _borrow(known, declared.catalog, *names)),
    )
    return [(source, facts) for source, facts in found if facts is not None]


def _split(reference: str) -> tuple[str, str]:
    provider, _, model = reference.partition("/")
    return provider, model


def _find_first(known: Catalog, provider: str, *names: str) -> ModelFacts | None:
    return next(filter(None, (known.find(ModelRef(provider, name)) for name in names)), None)


def _borrow(known: Catalog, lender: str, *names: str) -> ModelFacts | None:
    """The facts of a provider's model for one of another provider."""
    facts = _find_first(known, lender, *names)
    if facts is None:
        return None
    return facts._replace(list_price_of=lender if is_priced(facts) else None, **_NEVER_LENT)


def is_priced(facts: ModelFacts) -> bool:
    return any(getattr(facts, name) is not None for name in PRICES)


def _join(layers: list[tuple[FactSource, ModelFacts]]) -> ModelFacts:
    """The facts of several sources; prices are all of one of them: a mixture would be what nobody pays."""
    *upper, (_, joined) = layers
    for _, facts in reversed(upper):
        joined = overlay(facts, joined._replace(**_NO_PRICES) if is_priced(facts) else joined)
    return joined


def combine(listings: Layer, bundle: Catalog) -> Catalog:
    """The bundle, completed by the providers' listings, which take precedence."""
    if not listings:
        return bundle
    names = dict.fromkeys((*listings, *bundle.providers))
    providers = LazyMapping(names, lambda name: _stack(listings.get(name), bundle.providers.get(name)))
    return bundle._replace(providers=providers)


def lacks(catalog: Catalog, ref: ModelRef, custom: CustomProvider | None) -> bool:
    """Whether a model is missing from the catalog; ``custom`` is its provider in the configuration.

    A provider with another base URL may have any model, unless the configuration says which it has.
    """
    if catalog.find(ref) is not None:
        return False
    anything = custom is not None and custom.moved and not custom.models and custom.catalog is None
    return not anything and catalog.expects(ref)


def overlay(upper: ModelFacts, lower: ModelFacts) -> ModelFacts:
    """The facts of ``upper``, completed with those of ``lower``."""
    return lower._replace(**{name: fact for name, fact in upper._asdict().items() if fact is not None})


def _stack(upper: Mapping[str, ModelFacts] | None, lower: Mapping[str, ModelFacts] | None) -> Mapping[str, ModelFacts]:
    if upper is None or lower is None:
        return upper or lower or {}
    listed = {name: overlay(facts, lower[name]) if name in lower else facts for name, facts in upper.items()}
    return {**lower, **listed}
