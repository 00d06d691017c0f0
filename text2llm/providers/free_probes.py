"""Requests that prove a credential and cost no token, where a provider has one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple


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


@cache
def load_free_probes() -> Mapping[str, tuple[FreeProbe, ...]]:
    """The free probes of the shipped providers by id, the best first; only verified ones that prove something."""
    import json

    with open(os.path.join(os.path.dirname(__file__), "probes.json"), "rb") as file:
        built = json.loads(file.read())
    return {provider: tuple(map(parse_free_probe, entries)) for provider, entries in built.items()}
