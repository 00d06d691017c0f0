"""Where providers list their models, where the shape of the list is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from text2llm.providers.built import load_built
from text2llm.providers.registry import Registry


class ListingEndpoint(NamedTuple):
    """Where a listing is, by GET; ``url`` may begin with ``{baseUrl}``. ``answer`` names its shape.

    ``public``: it answers without a credential.
    """

    url: str
    answer: str
    public: bool = False


def load_listings(registry: Registry) -> Mapping[str, ListingEndpoint]:
    """The listings by provider: those that ship with text2llm, and those of the plugins of a registry."""
    return {name: ListingEndpoint(**entry) for name, entry in load_built("listings", registry).items()}
