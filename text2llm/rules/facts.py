"""Rules about what the configuration says of models: whose facts they have, and their prices."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.reading import Reading
from text2llm.config.model import CustomModel, CustomProvider
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Severity
from text2llm.refs import ModelRef
from text2llm.rules.rule import Finding, Rule, define_rule

#: US dollars per million tokens: no model is as cheap, but a price per token looks so.
_PER_TOKEN = 1e-4
_EXAMPLE = "anthropic/claude-opus-4-5"


@define_rule(
    "invalid-facts",
    Severity.ERROR,
    "`catalog` or `sameAs` names nothing that the catalog has, or a price is not per million tokens.",
    "name a built-in provider, or a model of one",
)
def invalid_facts(reading: Reading) -> Iterator[Finding]:
    """Facts come from built-in providers and their models only: not from an alias, nor from a model of your own.

    Prices are in US dollars per million tokens; one below $0.0001 is a price per token.
    """
    for custom in reading.config.providers.values():
        if custom.catalog is not None:
            yield from _check_catalog(custom, custom.catalog, reading)
        for index, model in enumerate(custom.models):
            place = (*custom.pointer, "models", index)
            if model.same_as is not None:
                yield from _check_same(ModelRef(custom.id, model.id), model.same_as, (*place, "sameAs"), reading)
            yield from _check_prices(model, (*place, "cost"))


def _check_catalog(custom: CustomProvider, written: str, reading: Reading) -> Iterator[Finding]:
    pointer, provider = (*custom.pointer, "catalog"), reading.spellings.provider(written)
    if provider == reading.spellings.provider(custom.id):
        hint = "name the built-in provider whose models it serves, or leave it out"
        yield Finding(pointer, f"the catalog of '{provider}' is its own", hint)
    else:
        yield from _check_provider(provider, pointer, reading)


def _check_provider(provider: str, pointer: Pointer, reading: Reading) -> Iterator[Finding]:
    if reading.registry.get(provider) is not None:
        return
    if provider in reading.customs:
        yield Finding(pointer, f"'{provider}' is a provider of this configuration, which has no catalog")
        return
    near = reading.suggestions.near(provider, reading.registry.ids())
    hint = f"did you mean '{near}'?" if near else "`text2llm models list --all` lists the providers and their models"
    yield Finding(pointer, f"'{provider}' is not a built-in provider", hint)


def _check_same(model: ModelRef, written: str, pointer: Pointer, reading: Reading) -> Iterator[Finding]:
    name, slash, rest = written.partition("/")
    if not slash:
        meant = reading.resolver.aliases.get(written.casefold())
        message = f"'{written}' is an alias" if meant else f"'{written}' has no provider"
        yield Finding(pointer, message, f"write {meant}" if meant else f"write provider/model, such as {_EXAMPLE}")
        return
    ref, bundle = reading.spellings.ref(name, rest), reading.bundle
    if ref == reading.spellings.ref(*model):
        yield Finding(pointer, f"{ref} is the model itself", "name another one, or leave `sameAs` out")
    elif reading.registry.get(ref.provider) is None:
        yield from _check_provider(ref.provider, pointer, reading)
    elif bundle.covers(ref.provider) and bundle.find(ref) is None:
        near = reading.suggestions.near(ref.model, bundle.served(ref.provider, reading.as_of))
        listing = f"`text2llm models list --all --provider {ref.provider}` lists its models"
        hint = f"did you mean '{ref.provider}/{near}'?" if near else listing
        yield Finding(pointer, f"the catalog has no model '{ref.model}' of {ref.provider}", hint)


def _check_prices(model: CustomModel, pointer: Pointer) -> Iterator[Finding]:
    for name, price in model.cost.items():
        if 0 < price < _PER_TOKEN:
            message = f"{price:g} is less than any price per million tokens"
            yield Finding((*pointer, name), message, f"write {price * 1e6:g} if it is the price of one token")


FACT_RULES: tuple[Rule[Reading], ...] = (invalid_facts,)
