"""Which request tells the models of a provider. Pure; whether it may be sent is for :mod:`text2llm.net` to decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from text2llm.auth.health import STATIC
from text2llm.auth.sources import CredentialView, Effective, SourceKind, find_credentials
from text2llm.listing.parse import SHAPES
from text2llm.net.message import Request
from text2llm.providers.descriptor import Provider
from text2llm.providers.listings import ListingEndpoint
from text2llm.trust.origin import BaseUrl, OriginError, parse_base_url
from text2llm.upstream.call import Call
from text2llm.upstream.reach import build_call, default_model
from text2llm.upstream.verdict import Reason, Verdict

_BASE = "{baseUrl}"
#: Where a server that the configuration names lists its models, by the wire format that it speaks, and in which shape.
_USUAL: Mapping[str, tuple[str, str]] = {
    "openai-completions": ("/models", "openai"),
    "openai-responses": ("/models", "openai"),
    "anthropic-messages": ("/v1/models", "anthropic"),
    "google-generative-ai": ("/models", "google"),
    "ollama": ("/api/tags", "ollama"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a listing is: origin and path, the query that it always has, and its shape.

    ``public``: no credential is sent there, since the provider itself lists its models to anybody.
    """

    base: BaseUrl
    query: str
    shape: str
    public: bool = False

    def __str__(self) -> str:
        return f"{self.base}" + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True, slots=True)
class ListingQuery:
    """A listing that is about to be asked for, with the headers and credentials of ``call``."""

    provider: str
    place: Place
    call: Call

    def build_request(self, cursor: str | None = None) -> Request:
        """The request for the first page, or for the one that begins at ``cursor``."""
        shape = SHAPES[self.place.shape]
        given = {part.partition("=")[0] for part in self.place.query.split("&")}
        parts = [self.place.query, "" if shape.size.partition("=")[0] in given else shape.size]
        parts.append("" if cursor is None else f"{shape.cursor}={quote(cursor, safe='')}")
        query = "&".join(filter(None, parts))
        path = (self.place.base.path or "/") + (f"?{query}" if query else "")
        return Request("GET", self.place.base.origin, path, tuple(self.call.headers.items()))


def plan_listing(
    provider_id: str, view: CredentialView, endpoints: Mapping[str, ListingEndpoint]
) -> ListingQuery | Verdict:
    """The query for the models of a provider (a canonical id), or why there is none.

    A listing that its provider gives to anybody is asked for without a credential. Elsewhere the one goes along that
    the provider's requests use.
    """
    place = find_place(provider_id, view, endpoints)
    if isinstance(place, Verdict):
        return place
    call = _build_call(_anonymous(provider_id) if place.public else _choose(provider_id, view, endpoints), view)
    return call if isinstance(call, Verdict) else ListingQuery(provider_id, place, call)


def _choose(provider_id: str, view: CredentialView, endpoints: Mapping[str, ListingEndpoint]) -> Effective:
    """The credential of the provider's requests; none where it is missing and the listing may do without one."""
    taken = find_credentials(provider_id, view).effective
    known = endpoints.get(provider_id)
    open_list = known is not None and known.public and not taken.rejected
    return _anonymous(provider_id) if taken.kind is SourceKind.MISSING and open_list else taken


def find_place(provider_id: str, view: CredentialView, endpoints: Mapping[str, ListingEndpoint]) -> Place | Verdict:
    """Where the models of a provider (a canonical id) are listed, or why that is not known.

    A base URL of the configuration moves the listing along: what a gateway serves is what the gateway lists.
    """
    provider, custom = view.registry.get(provider_id), view.customs.get(provider_id)
    known, moved = endpoints.get(provider_id), custom is not None and custom.base_url is not None
    if known is None and not moved:
        return _unknown(provider_id)
    call = _build_call(_anonymous(provider_id), view)
    if isinstance(call, Verdict):
        return call
    try:
        fixed = None if known is None else _read_url(known, call)
    except OriginError:
        fixed = None
    if fixed is not None and _is_own(fixed, call, () if moved or provider is None else provider.origins):
        return fixed
    return _move(call, provider, known) if moved else _unknown(provider_id)


def _unknown(provider_id: str) -> Verdict:
    text = f"no listing of {provider_id} is known"
    return Verdict(Reason.ENDPOINT_NOT_FOUND, text, f"name its models in models.providers.{provider_id}.models")


def _anonymous(provider_id: str) -> Effective:
    return Effective(provider_id, SourceKind.NONE, "no credential", "none", STATIC)


def _build_call(credential: Effective, view: CredentialView) -> Call | Verdict:
    return build_call(credential, default_model(credential.provider, view) or "", view)


def _read_url(known: ListingEndpoint, call: Call) -> Place:
    location, _, query = known.url.replace(_BASE, str(call.base)).partition("?")
    return Place(parse_base_url(location), query, known.answer, known.public)


def _is_own(place: Place, call: Call, origins: Collection[str]) -> bool:
    """Whether a listing of the descriptor is that of the service that requests go to, which has these origins."""
    return place.base.origin == call.base.origin or {str(place.base.origin), str(call.base.origin)} <= set(origins)


def _move(call: Call, provider: Provider | None, known: ListingEndpoint | None) -> Place:
    """The listing below a base URL of the configuration: where the provider has it below its own, else the usual."""
    path, shape = _USUAL[call.api]
    query = ""
    endpoint = None if provider is None else provider.endpoint(call.api)
    if known is not None and endpoint is not None and known.url.startswith(endpoint.base_url):
        path, _, query = known.url.removeprefix(endpoint.base_url).partition("?")
        shape = known.answer
    return Place(BaseUrl(call.base.origin, call.base.path + path), query, shape)
