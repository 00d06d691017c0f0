"""The providers whose descriptor has an origin, whoever the customer is. No permission follows from that. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from text2llm.providers.registry import Registry

_LABEL = "[a-z0-9-]+"


@lru_cache(maxsize=1024)  # many models share an origin
def find_owners(origin: str, registry: Registry) -> tuple[str, ...]:
    """The ids of the providers that have ``origin``, the resource of any customer at theirs included."""
    return tuple(dict.fromkeys(name for name, shape in _list_shapes(registry) if shape.fullmatch(origin)))


@lru_cache(maxsize=4)
def _list_shapes(registry: Registry) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(_make_shapes(registry))


def _make_shapes(registry: Registry) -> Iterator[tuple[str, re.Pattern[str]]]:
    for provider in filter(None, map(registry.get, registry.ids())):
        urls = (*provider.origins, *provider.patterns, *(endpoint.base_url for endpoint in provider.endpoints))
        for origin in dict.fromkeys("/".join(url.split("/")[:3]) for url in urls):
            yield provider.id, re.compile(_LABEL.join(map(re.escape, re.split(r"\{[a-z_]+\}", origin))))
