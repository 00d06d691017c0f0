"""The endpoints that tell how much of a plan or a key's limit is used, where the shape of their answer is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from text2llm.providers.built import load_built
from text2llm.providers.registry import Registry


class UsageEndpoint(NamedTuple):
    """Where a provider is asked for usage, with a GET and the credential as ``prefix`` and value in ``Authorization``.

    ``needs_login``: an API key will not do. ``url_china`` is the same for accounts there; ``answer`` names the shape of
    what comes back.
    """

    url: str
    prefix: str
    answer: str
    needs_login: bool = False
    headers: Mapping[str, str] = {}
    url_china: str | None = None


def parse_endpoint(entry: Mapping[str, Any]) -> UsageEndpoint:
    """An endpoint of the built file, or of a descriptor that its schema has accepted."""
    return UsageEndpoint(
        url=entry["url"],
        prefix=entry.get("format", "Bearer {secret}").removesuffix("{secret}"),
        answer=entry["answer"],
        needs_login=entry.get("credential") == "oauth",
        headers=entry.get("headers", {}),
        url_china=entry.get("urlChina"),
    )


def load_usage(registry: Registry) -> Mapping[str, UsageEndpoint]:
    """The endpoints by provider: those that ship with text2llm, and those of the plugins of a registry."""
    entries = load_built("usage", registry)
    return {provider: parse_endpoint(entry) for provider, entry in entries.items()}
