"""Suggestions for an unknown model name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from text2llm.auth.reading import Reading
from text2llm.catalog.facts import Catalog, fold_model
from text2llm.config.model import Config
from text2llm.config.resolve import Resolver, Via
from text2llm.refs import ModelRef

SHOWN = 3
#: Shorter words are part of too many names.
_SHORTEST_PART = 4


def suggest_model(text: str, reading: Reading, list_known: Callable[[], Mapping[str, str]]) -> str | None:
    """A model with that id at another provider, else the nearest of the :func:`list_models` of the config."""
    elsewhere = find_elsewhere(text, reading.catalog)
    if elsewhere:
        return elsewhere[0]
    near = reading.suggestions.near(text, _iterate(list_known))
    return None if near is None else list_known()[near]


def _iterate(list_known: Callable[[], Iterable[str]]) -> Iterator[str]:
    """The names, not listed before they are needed: the search for suggestions is bounded."""
    yield from list_known()


def near_models(name: str, config: Config, resolver: Resolver, catalog: Catalog) -> tuple[str, ...]:
    """The aliases and models like ``name``, the likeliest first, at most three.

    A model whose id is ``name`` at another provider, in the config or in the catalog, comes before similar names of the
    config; models of the default provider that contain the name come last.
    """
    import difflib

    lowered = {key.lower(): value for key, value in list_models(config, resolver).items()}
    alike = difflib.get_close_matches(name.lower(), lowered, n=SHOWN)
    same = [match for match in alike if match == name.lower()]
    matches = [
        *(lowered[match] for match in same),
        *find_elsewhere(name, catalog),
        *(lowered[match] for match in alike),
    ]
    resolved = resolver.resolve(name).ref  # which is not a suggestion
    matches += [] if matches else _with_part(name, resolved.provider, catalog)
    return tuple(match for match in dict.fromkeys(matches) if match != str(resolved))[:SHOWN]


def find_respelled(ref: ModelRef, reading: Reading) -> ModelRef | None:
    """The known model that differs from an unknown one only in case or punctuation, at the provider's own origin."""
    catalog = reading.catalog
    if catalog.find(ref) is not None or not catalog.expects(ref) or not _is_at_home(ref.provider, reading):
        return None
    model = reading.folded[ref.provider].get(fold_model(ref.model))
    return None if model is None else ModelRef(ref.provider, model)


def _is_at_home(provider: str, reading: Reading) -> bool:
    """Whether requests go to an origin of the provider's own: a gateway may spell models in its own way."""
    from text2llm.upstream.address import find_address

    custom, known = reading.customs.get(provider), reading.registry.get(provider)
    if custom is None or not custom.moved:
        return True
    return known is not None and str(find_address(known, custom).origin) in known.origins


def find_elsewhere(name: str, catalog: Catalog) -> list[str]:
    """The catalog's models of that id. Mostly a model's maker has a shorter name than its resellers."""
    owners = [provider for provider, models in catalog.providers.items() if name.lower() in models]
    return [f"{provider}/{name.lower()}" for provider in sorted(owners, key=len)]


def _with_part(name: str, provider: str, catalog: Catalog) -> Iterator[str]:
    """The models of a provider that contain ``name``: those without a date, the newest version first."""
    if len(name) >= _SHORTEST_PART:
        found = sorted((model for model in catalog.served(provider) if name.lower() in model), reverse=True)
        yield from (f"{provider}/{model}" for model in sorted(found, key=len))


def list_models(config: Config, resolver: Resolver) -> dict[str, str]:
    """Possible names of the config's models, with what to write for each: an alias, or a reference."""
    known = {entry.alias: entry.alias for entry in config.aliases}
    found = [resolver.resolve_name(name) for name in (*config.chain_names(), *config.models)]
    refs = [resolved.ref for resolved in found if resolved.via is Via.REFERENCE]
    refs += [
        resolver.resolve(f"{each.id}/{model.id}").ref for each in config.providers.values() for model in each.models
    ]
    for ref in refs:
        known.setdefault(ref.model, str(ref))
        known.setdefault(ref.model.rpartition("/")[2], str(ref))
    for model in sorted(resolver.catalogued()):
        known.setdefault(model, str(resolver.spellings.ref(config.default_provider, model)))
    return known
