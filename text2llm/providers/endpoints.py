"""A provider's endpoints beside inference: model listings, usage, and free probes. Few commands read them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from text2llm.providers.registry import Registry


class ListingEndpoint(NamedTuple):
    """The URL of a GET that lists models; it may begin with ``{baseUrl}``. ``answer`` is the response's shape.

    ``public``: it needs no credential.
    """

    url: str
    answer: str
    public: bool = False


class UsageEndpoint(NamedTuple):
    """The URL of a GET that returns usage. ``Authorization`` is ``prefix`` and the credential's value.

    ``needs_login``: API keys are not accepted. ``url_china`` is for accounts there. ``answer`` is the response's shape.
    """

    url: str
    prefix: str
    answer: str
    needs_login: bool = False
    headers: Mapping[str, str] = {}
    url_china: str | None = None


class FreeProbe(NamedTuple):
    """One request that verifies a credential at no token cost; ``url`` may begin with ``{baseUrl}``, ``body`` is JSON.

    ``credential`` is ``key`` or ``token`` if only that kind can be verified. A status in ``accepts`` verifies it; on a
    200 ``success``, a JSON pointer with or without ``== value``, must match too. ``partial``: some valid credentials
    are rejected here, so a rejection is inconclusive.
    """

    method: str
    url: str
    body: Mapping[str, Any] | None
    credential: str | None
    accepts: tuple[int, ...]
    success: str | None
    partial: bool


def load_listings(registry: Registry) -> Mapping[str, ListingEndpoint]:
    return {name: ListingEndpoint(**entry) for name, entry in _load("listings", registry).items()}


def load_usage(registry: Registry) -> Mapping[str, UsageEndpoint]:
    return {name: _parse_usage(entry) for name, entry in _load("usage", registry).items()}


def load_free_probes(registry: Registry) -> Mapping[str, tuple[FreeProbe, ...]]:
    return {name: tuple(map(_parse_free_probe, entries)) for name, entries in _load("probes", registry).items()}


def _load(kind: str, registry: Registry) -> Mapping[str, Any]:
    """The entries of a built file by provider; a plugin adds its own and replaces no others."""
    import json

    with open(os.path.join(os.path.dirname(__file__), f"{kind}.json"), "rb") as file:
        entries: Mapping[str, Any] = json.loads(file.read())
    if not registry.plugins:
        return entries
    from text2llm.providers.index import build_free_probes, build_listings, build_usage

    build = {"usage": build_usage, "listings": build_listings, "probes": build_free_probes}[kind]
    return {**build(each.descriptor for each in registry.plugins), **entries}


def _parse_usage(entry: Mapping[str, Any]) -> UsageEndpoint:
    return UsageEndpoint(
        url=entry["url"],
        prefix=entry.get("format", "Bearer {secret}").removesuffix("{secret}"),
        answer=entry["answer"],
        needs_login=entry.get("credential") == "oauth",
        headers=entry.get("headers", {}),
        url_china=entry.get("urlChina"),
    )


def _parse_free_probe(entry: Mapping[str, Any]) -> FreeProbe:
    return FreeProbe(
        entry["method"],
        entry["url"],
        entry.get("body"),
        entry.get("credential"),
        tuple(entry.get("accepts", (200,))),
        entry.get("success"),
        entry.get("partial", False),
    )
