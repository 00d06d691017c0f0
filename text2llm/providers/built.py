"""The built files that few commands read: one entry a provider, from the shipped descriptors and those of plugins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from text2llm.providers.registry import Registry


def load_built(kind: str, registry: Registry) -> Mapping[str, Any]:
    """The entries of ``usage``, ``listings`` or ``probes`` by provider; a plugin brings its own and takes no others."""
    import json

    with open(os.path.join(os.path.dirname(__file__), f"{kind}.json"), "rb") as file:
        entries: Mapping[str, Any] = json.loads(file.read())
    if not registry.plugins:
        return entries
    from text2llm.providers.index import build_free_probes, build_listings, build_usage

    build = {"usage": build_usage, "listings": build_listings, "probes": build_free_probes}[kind]
    return {**build(each.descriptor for each in registry.plugins), **entries}
