"""Requests that prove a credential and cost no token, where a provider has one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from text2llm.providers.built import load_built
from text2llm.providers.registry import Registry


class FreeProbe(NamedTuple):
    """One request. ``url`` may begin with ``{baseUrl}``; ``body`` is JSON, ``None`` for no body.

    ``credential`` is ``key`` or ``token`` where only that kind can be proven. A status in ``accepts`` proves it; on a
    200 ``success``, a JSON pointer with or without ``== value``, must hold too. ``partial``: some valid credentials
    are refused here, so that a refusal proves nothing.
    """

    method: str
    url: str
    body: Mapping[str, Any] | None
    credential: str | None
    accepts: tuple[int, ...]
    success: str | None
    partial: bool


def parse_free_probe(entry: Mapping[str, Any]) -> FreeProbe:
    """A free probe of the built index, or of a descriptor that its schema has accepted."""
    return FreeProbe(
        entry["method"],
        entry["url"],
        entry.get("body"),
        entry.get("credential"),
        tuple(entry.get("accepts", (200,))),
        entry.get("success"),
        entry.get("partial", False),
    )


def load_free_probes(registry: Registry) -> Mapping[str, tuple[FreeProbe, ...]]:
    """The free probes by provider, the best first; those that ship with text2llm, and those of a registry's plugins."""
    built = load_built("probes", registry)
    return {provider: tuple(map(parse_free_probe, entries)) for provider, entries in built.items()}
