"""The hosts of the built-in providers, which are never requested over plain http. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache


def is_provider_host(host: str) -> bool:
    """Whether a host (in lower case) is one of a shipped descriptor."""
    return _find_hosts().fullmatch(host) is not None


@cache
def _find_hosts() -> re.Pattern[str]:
    return re.compile("|".join(sorted(set(_list_patterns()))))


def _list_patterns() -> Iterator[str]:
    from text2llm.providers.registry import load_registry  # only plain http to another machine needs it

    registry = load_registry()
    for provider in filter(None, map(registry.get, registry.ids())):
        urls = (*provider.origins, *provider.patterns, *(endpoint.base_url for endpoint in provider.endpoints))
        for url in urls:
            host = url.partition("://")[2].partition("/")[0].partition(":")[0]
            yield r"[a-z0-9-]+".join(map(re.escape, re.split(r"\{[a-z_]+\}", host)))
