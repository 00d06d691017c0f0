"""Near matches for a name that nothing knows."""

from __future__ import annotations

from text2llm.config.model import Config
from text2llm.config.resolve import Resolver
from text2llm.rules.names import known_models

SHOWN = 3


def near_models(name: str, config: Config, resolver: Resolver) -> tuple[str, ...]:
    """The aliases and models of a config that ``name`` may have meant, the likeliest first, at most three.

    A model whose id is ``name`` at another provider comes before names that only look alike.
    """
    import difflib

    lowered = {key.lower(): value for key, value in known_models(config, resolver).items()}
    matches = difflib.get_close_matches(name.lower(), lowered, n=SHOWN)
    taken = str(resolver.resolve(name).ref)  # what the name was taken for is no suggestion
    return tuple(dict.fromkeys(lowered[match] for match in matches if lowered[match] != taken))
