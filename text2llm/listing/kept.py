"""The listings that the cache holds. Makes no requests, so imports no network code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from text2llm.auth.reading import Reading
from text2llm.catalog.cache import CACHE_NAME, Listing, read_listings
from text2llm.catalog.facts import ModelFacts
from text2llm.listing.plan import find_listing_place
from text2llm.providers.endpoints import load_listings
from text2llm.storage.places import find_places
from text2llm.upstream.verdict import Verdict


def find_listings(providers: Iterable[str], view: Reading) -> dict[str, Listing]:
    """The listings that the cache holds of providers (canonical ids), from where the configuration finds them now."""
    path = cache_path(view)
    if not os.path.exists(path):  # no cost without a cached listing
        return {}
    endpoints = load_listings(view.registry)
    places = {name: find_listing_place(name, view, endpoints) for name in providers}
    return read_listings(
        path, {name: str(place.sibling) for name, place in places.items() if not isinstance(place, Verdict)}
    )


def find_facts(providers: Iterable[str], view: Reading) -> dict[str, Mapping[str, ModelFacts]]:
    """The same as a layer of the catalog: facts by provider and model."""
    return {name: listing.models for name, listing in find_listings(providers, view).items()}


def cache_path(view: Reading) -> str:
    """Where listings are kept."""
    return os.path.join(find_places(view.environ).cache, CACHE_NAME)
