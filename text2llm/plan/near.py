"""Near matches for a name that nothing knows."""

from __future__ import annotations

from text2llm.config.model import Config
from text2llm.config.resolve import Resolver

SHOWN = 3


def near_models(name: str, config: Config, resolver: Resolver) -> tuple[str, ...]:
    """The aliases and models of a config that ``name`` may have meant, the likeliest first, at most three.

    A model whose id is ``name`` at another provider comes before names that only look alike.
    """
    import difflib

    known = {entry.alias: entry.alias for entry in config.aliases}
    for reference in _references(config):
        ref = resolver.resolve(reference).ref
        known.setdefault(ref.model, str(ref))
        known.setdefault(ref.model.rpartition("/")[2], str(ref))
    lowered = {key.lower(): value for key, value in known.items()}
    matches = difflib.get_close_matches(name.lower(), lowered, n=SHOWN)
    taken = str(resolver.resolve(name).ref)  # what the name was taken for is no suggestion
    return tuple(dict.fromkeys(lowered[match] for match in matches if lowered[match] != taken))


def _references(config: Config) -> list[str]:
    written = [name.text for name in (*config.chain_names(), *config.models)]
    written += [f"{custom.id}/{model.id}" for custom in config.providers.values() for model in custom.models]
    return [text for text in written if "/" in text]
