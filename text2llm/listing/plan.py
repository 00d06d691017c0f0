"""Which request tells the models of a provider. Pure; whether it may be sent is for :mod:`text2llm.net` to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from text2llm.auth.health import STATIC
from text2llm.auth.reading import Reading
from text2llm.auth.sources import Effective, SourceKind
from text2llm.listing.parse import SHAPES
from text2llm.net.message import Request
from text2llm.providers.endpoints import ListingEndpoint
from text2llm.trust.origin import BaseUrl
from text2llm.upstream.access import Access, find_access
from text2llm.upstream.address import Address, SiblingUrl, find_address, find_sibling, rebase_url
from text2llm.upstream.obstacle import check_address, check_headers, find_obstacle
from text2llm.upstream.verdict import Reason, Verdict

#: Where a server that the configuration names lists its models, by the wire format that it speaks, and in which shape.
_USUAL: Mapping[str, tuple[str, str]] = {
    "openai-completions": ("/models", "openai"),
    "openai-responses": ("/models", "openai"),
    "anthropic-messages": ("/v1/models", "anthropic"),
    "google-generative-ai": ("/models", "google"),
    "ollama": ("/api/tags", "ollama"),
}


@dataclass(frozen=True, slots=True)
class ListingPlace:
    """Where a listing is, and in which shape.

    ``public``: no credential is sent there, since the provider itself lists its models to anybody.
    """

    sibling: SiblingUrl
    shape: str
    public: bool = False


@dataclass(frozen=True, slots=True)
class ListingQuery:
    """A listing that is about to be asked for, with the headers and credentials of ``access``."""

    place: ListingPlace
    access: Access

    @property
    def provider(self) -> str:
        """The provider's canonical id."""
        return self.access.provider

    def build_request(self, cursor: str | None = None) -> Request:
        """The request for the first page, or for the one that begins at ``cursor``."""
        shape, sibling = SHAPES[self.place.shape], self.place.sibling
        given = {part.partition("=")[0] for part in sibling.query.split("&")}
        parts = [sibling.query, "" if shape.size.partition("=")[0] in given else shape.size]
        parts.append("" if cursor is None else f"{shape.cursor}={quote(cursor, safe='')}")
        target = SiblingUrl(sibling.base, "&".join(filter(None, parts))).target
        return Request("GET", sibling.base.origin, target, tuple(self.access.headers.items()))


def plan_listing(provider_id: str, view: Reading, endpoints: Mapping[str, ListingEndpoint]) -> ListingQuery | Verdict:
    """The query for the models of a provider (a canonical id), or why there is none.

    A listing that its provider gives to anybody is asked for without a credential. Elsewhere the one goes along that
    the provider's requests use.
    """
    place, known = find_listing_place(provider_id, view, endpoints), endpoints.get(provider_id)
    if isinstance(place, Verdict):
        return place
    access = find_access(provider_id, view)
    missing = access.credential.kind is SourceKind.MISSING and not access.credential.rejected
    if place.public or (missing and known is not None and known.public):
        access = access.using(Effective(provider_id, SourceKind.NONE, "no credential", "none", STATIC))
    # Where no credential is sent, none is refused.
    obstacle = check_headers(access) if place.public else find_obstacle(access)
    return obstacle or ListingQuery(place, access)


def find_listing_place(
    provider_id: str, view: Reading, endpoints: Mapping[str, ListingEndpoint]
) -> ListingPlace | Verdict:
    """Where the models of a provider (a canonical id) are listed, or why that is not known.

    A base URL of the configuration moves the listing along: what a gateway serves is what the gateway lists.
    """
    provider, known = view.registry.get(provider_id), endpoints.get(provider_id)
    address = find_address(provider, view.customs.get(provider_id))
    if known is None and not address.moved:
        return _unknown(provider_id)
    obstacle = check_address(provider_id, address)
    if obstacle is not None:
        return obstacle
    sibling = None if known is None else find_sibling((known.url,), address, provider)
    if known is not None and sibling is not None:
        return ListingPlace(sibling, known.answer, known.public)
    return _move(address, known) if address.moved else _unknown(provider_id)


def _unknown(provider_id: str) -> Verdict:
    text = f"no listing of {provider_id} is known"
    return Verdict(Reason.ENDPOINT_NOT_FOUND, text, f"name its models in models.providers.{provider_id}.models")


def _move(address: Address, known: ListingEndpoint | None) -> ListingPlace:
    """The listing below a base URL of the configuration: where the provider has it below its own, else the usual."""
    followed = None if known is None else rebase_url(known.url, address)
    if known is not None and followed is not None:
        return ListingPlace(followed, known.answer)
    assert address.base is not None
    path, shape = _USUAL[address.api]
    return ListingPlace(SiblingUrl(BaseUrl(address.base.origin, address.base.path + path)), shape)
