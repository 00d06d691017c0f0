"""The request that lists the models of a provider. Pure; :mod:`text2llm.net` decides whether it may be sent."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from text2llm.auth.health import STATIC
from text2llm.auth.reading import Reading
from text2llm.auth.sources import Effective, SourceKind
from text2llm.catalog.cache import CACHE_NAME, Listing, read_listings
from text2llm.catalog.facts import ModelFacts
from text2llm.listing.parse import SHAPES
from text2llm.net.message import Request
from text2llm.providers.endpoints import ListingEndpoint, load_listings
from text2llm.storage.places import find_places
from text2llm.trust.origin import BaseUrl
from text2llm.upstream.access import Access, find_access
from text2llm.upstream.address import Address, SiblingUrl, find_address, find_sibling, rebase_url
from text2llm.upstream.obstacle import check_address, check_headers, find_obstacle
from text2llm.upstream.verdict import Reason, Verdict

#: The default path and shape of a listing at a configured base URL, by wire format.
_DEFAULTS: Mapping[str, tuple[str, str]] = {
    "openai-completions": ("/models", "openai"),
    "openai-responses": ("/models", "openai"),
    "anthropic-messages": ("/v1/models", "anthropic"),
    "google-generative-ai": ("/models", "google"),
    "ollama": ("/api/tags", "ollama"),
}


@dataclass(frozen=True, slots=True)
class ListingPlace:
    """The URL and shape of a listing. ``public``: the provider needs no credential, so none is sent."""

    sibling: SiblingUrl
    shape: str
    public: bool = False


@dataclass(frozen=True, slots=True)
class ListingQuery:
    """A listing to fetch, with the headers and credentials of ``access``."""

    place: ListingPlace
    access: Access

    @property
    def provider(self) -> str:
        return self.access.provider

    def build_request(self, cursor: str | None = None) -> Request:
        shape, sibling = SHAPES[self.place.shape], self.place.sibling
        given = {part.partition("=")[0] for part in sibling.query.split("&")}
        parts = [sibling.query, "" if shape.size.partition("=")[0] in given else shape.size]
        parts.append("" if cursor is None else f"{shape.cursor}={quote(cursor, safe='')}")
        target = SiblingUrl(sibling.base, "&".join(filter(None, parts))).target
        return Request("GET", sibling.base.origin, target, tuple(self.access.headers.items()))


def plan_listing(provider_id: str, view: Reading, endpoints: Mapping[str, ListingEndpoint]) -> ListingQuery | Verdict:
    """The query for the models of a provider (a canonical id), or the verdict if there is none.

    A public listing is fetched without a credential, others with that of the provider's requests.
    """
    place, known = find_listing_place(provider_id, view, endpoints), endpoints.get(provider_id)
    if isinstance(place, Verdict):
        return place
    access = find_access(provider_id, view, None)
    missing = access.credential.kind is SourceKind.MISSING and not access.credential.rejected
    if place.public or (missing and known is not None and known.public):
        access = access.using(Effective(provider_id, SourceKind.NONE, "no credential", "none", STATIC))
    # If no credential is sent, none is refused.
    obstacle = check_headers(access) if place.public else find_obstacle(access)
    return obstacle or ListingQuery(place, access)


def find_listing_place(
    provider_id: str, view: Reading, endpoints: Mapping[str, ListingEndpoint]
) -> ListingPlace | Verdict:
    """The URL and shape of the listing of a provider (a canonical id), or the verdict if unknown.

    A configured base URL also moves the listing: a gateway lists the models that it serves.
    """
    provider, known = view.registry.get(provider_id), endpoints.get(provider_id)
    address = find_address(provider, view.customs.get(provider_id))
    if known is None and not address.moved:
        return _unknown(provider_id)
    obstacle = check_address(provider_id, address, view.environ)
    if obstacle is not None:
        return obstacle
    sibling = None if known is None else find_sibling((known.url,), address, provider)
    if known is not None and sibling is not None:
        return ListingPlace(sibling, known.answer, known.public)
    if address.api not in _DEFAULTS and (known is None or rebase_url(known.url, address) is None):
        return _unknown(provider_id)
    return _move(address, known) if address.moved else _unknown(provider_id)


def _unknown(provider_id: str) -> Verdict:
    text = f"no listing of {provider_id} is known"
    return Verdict(Reason.ENDPOINT_NOT_FOUND, text, f"name its models in models.providers.{provider_id}.models")


def _move(address: Address, known: ListingEndpoint | None) -> ListingPlace:
    """The listing below a configured base URL: at the provider's path if known, else at the default one."""
    followed = None if known is None else rebase_url(known.url, address)
    if known is not None and followed is not None:
        return ListingPlace(followed, known.answer)
    assert address.base is not None
    path, shape = _DEFAULTS[address.api]
    return ListingPlace(SiblingUrl(BaseUrl(address.base.origin, address.base.path + path)), shape)


def find_listings(providers: Iterable[str], view: Reading) -> dict[str, Listing]:
    """The cached listings of providers (canonical ids), as far as they come from the current configuration's URL."""
    endpoints = load_listings(view.registry)
    places = {name: find_listing_place(name, view, endpoints) for name in providers}
    return read_listings(
        cache_path(view), {name: str(place.sibling) for name, place in places.items() if not isinstance(place, Verdict)}
    )


def find_facts(providers: Iterable[str], view: Reading) -> dict[str, Mapping[str, ModelFacts]]:
    """The cached listings as a layer of the catalog: facts by provider and model."""
    return {name: listing.models for name, listing in find_listings(providers, view).items()}


def cache_path(view: Reading) -> str:
    return os.path.join(find_places(view.environ).cache, CACHE_NAME)
