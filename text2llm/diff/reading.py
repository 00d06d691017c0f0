"""Reading: a configuration with all that gives it meaning."""

from __future__ import annotations

from typing import NamedTuple

from text2llm.catalog.facts import Catalog
from text2llm.catalog.layers import combine, configured_models
from text2llm.config.model import Config, CustomProvider
from text2llm.config.nodes import Pointer
from text2llm.config.parse import empty_config
from text2llm.config.resolve import Resolver, build_resolver
from text2llm.diagnostics import Location
from text2llm.providers.registry import Registry


class Reading(NamedTuple):
    """A configuration, how its names resolve, and what is known of models; ``present`` is false for one that is absent.

    ``catalog`` is the bundled one under the configuration's own words, so that a verdict depends on nothing else.
    """

    config: Config
    resolver: Resolver
    catalog: Catalog
    registry: Registry
    present: bool

    def place(self, pointer: Pointer, *, key: bool = False) -> Location | None:
        """Where a value stands; ``None`` where there is none, or no configuration."""
        if not self.present or (pointer and self.config.value_at(pointer) is None and not key):
            return None
        return self.config.locate(pointer, key=key)

    def providers(self) -> dict[str, CustomProvider]:
        """The configured providers by canonical id; of two spellings the first counts."""
        found: dict[str, CustomProvider] = {}
        for custom in self.config.providers.values():
            found.setdefault(self.resolver.spellings.provider(custom.id), custom)
        return found


def read_meaning(config: Config | None, registry: Registry, bundle: Catalog) -> Reading:
    """The reading of a configuration; ``None`` is read as one that says nothing."""
    present, spellings = config is not None, registry.spellings()
    config = config or empty_config()
    catalog = combine(configured_models(config, spellings), {}, bundle)
    return Reading(config, build_resolver(config, spellings), catalog, registry, present)
