"""Near matches for a name that nothing knows."""

from __future__ import annotations

from text2llm.config.model import Config
from text2llm.config.resolve import Resolver
from text2llm.rules.names import known_models

SHOWN = 3


def near_models(name: str, config: Config, resolver: Resolver) -> tuple[str, ...]:
    """The aliases and models that ``name`` may have meant, the likeliest first, at most three.

    A model whose id is ``name`` at another provider, in the config or in the bundled catalog, comes before names of the
    config that only look alike.
    """
    import difflib

    lowered = {key.lower(): value for key, value in known_models(config, resolver).items()}
    alike = difflib.get_close_matches(name.lower(), lowered, n=SHOWN)
    same = [match for match in alike if match == name.lower()]
    matches = [*(lowered[match] for match in same), *_at_providers(name), *(lowered[match] for match in alike)]
    taken = str(resolver.resolve(name).ref)  # what the name was taken for is no suggestion
    return tuple(match for match in dict.fromkeys(matches) if match != taken)[:SHOWN]


def _at_providers(name: str) -> list[str]:
    """The catalog's models of that id. Who made a model has a shorter name than who resells it, mostly."""
    from text2llm.catalog.bundle import load_bundle  # most edits name what is known

    catalog = load_bundle()
    owners = [provider for provider, models in catalog.providers.items() if name.lower() in models]
    return [f"{provider}/{name.lower()}" for provider in sorted(owners, key=len)]
