"""Where a provider is asked, and in which wire format: out of its descriptor and the configuration. Pure.

Nothing else reads a configured base URL to find out where requests go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from text2llm.config.model import CustomProvider
from text2llm.providers.descriptor import Endpoint, Provider
from text2llm.trust.origin import BaseUrl, Origin, OriginError, parse_base_url

#: The wire format of a configured provider that does not name one.
DEFAULT_API = "openai-completions"
#: The wire formats that text2llm speaks; :data:`text2llm.upstream.wire.WIRES` has the code of each.
SPOKEN = frozenset({"openai-completions", "openai-responses", "anthropic-messages", "google-generative-ai", "ollama"})
_BASE = "{baseUrl}"


class Address(NamedTuple):
    """Where requests go. ``url`` is the base URL as written, ``moved`` whether the configuration wrote it.

    ``base`` is ``None`` where nothing says so, or where ``problem`` says why nothing can be sent there. ``endpoint``
    is what the descriptor says of the provider's own endpoint of this ``api``, where it has one.
    """

    api: str
    url: str | None
    moved: bool
    base: BaseUrl | None
    problem: OriginError | None
    endpoint: Endpoint | None

    @property
    def origin(self) -> Origin | None:
        """The origin that requests go to; ``None`` when none can be sent."""
        return None if self.base is None else self.base.origin

    @property
    def is_loopback(self) -> bool:
        """Whether requests stay on this machine."""
        return self.base is not None and self.base.origin.loopback


class Sister(NamedTuple):
    """Another endpoint of the service that requests go to; ``query`` is what its URL always has behind ``?``."""

    base: BaseUrl
    query: str = ""

    def __str__(self) -> str:
        return f"{self.base}" + (f"?{self.query}" if self.query else "")

    @property
    def target(self) -> str:
        """Path and query, as a request has them."""
        return (self.base.path or "/") + (f"?{self.query}" if self.query else "")


def find_address(
    provider: Provider | None, custom: CustomProvider | None, model: str | None = None, *, meant: bool = False
) -> Address:
    """Where a model of a provider is asked, or (``None``) the provider itself; ``custom`` is what the config says.

    ``meant``: where it is meant to be asked, also in a wire format that text2llm does not speak, and so never asks in
    while the provider has another.
    """
    endpoint = None if provider is None else _pick_endpoint(provider, custom, model, meant=meant)
    api = (custom.api if custom else None) or (endpoint.api if endpoint else DEFAULT_API)
    moved = custom is not None and custom.moved
    url = custom.base_url if custom is not None and moved else endpoint.base_url if endpoint else None
    base, problem = _parse(url)
    return Address(api, url, moved, base, problem, endpoint if endpoint and endpoint.api == api else None)


def _parse(url: str | None) -> tuple[BaseUrl | None, OriginError | None]:
    try:
        return (None if url is None else parse_base_url(url)), None
    except OriginError as error:
        return None, error


def _pick_endpoint(provider: Provider, custom: CustomProvider | None, model: str | None, *, meant: bool) -> Endpoint:
    """The endpoint that serves the model; unless it is ``meant``, the next best where that one cannot be asked yet.

    A base URL of the config's own says by its path which of them it stands for: ``/v1`` of Ollama is not its own API.
    """
    if custom is not None and custom.api is not None:
        return provider.endpoint(custom.api) or provider.endpoints[0]
    usual = provider.endpoints[0] if model is None else provider.endpoint_for(model)
    if model is not None and any(model.startswith(rule.prefixes) for rule in provider.api_rules):
        return usual
    known = [each for each in provider.endpoints if meant or each.api in SPOKEN]
    own = _path(custom.base_url) if custom is not None and custom.base_url is not None else None
    alike = next((each for each in known if _path(each.base_url) == own), None)
    return alike or (usual if usual in known else next(iter(known), usual))


def _path(url: str) -> str:
    return url.partition("://")[2].partition("/")[2].rstrip("/")


def find_sister(urls: Sequence[str], address: Address, provider: Provider | None) -> Sister | None:
    """Where one of the ``urls`` of a descriptor is, for the service that requests go to; ``None`` when it has none.

    ``{baseUrl}`` in a URL stands for the address. Every other URL is the provider's own: it is found at the origin of
    the address, or, while requests go to the provider itself, at another of its origins. Of whoever stands for the
    provider elsewhere, no such endpoint is known.
    """
    found = [sister for url in urls for sister in _read(url, address)]
    at_home = next((each for each in found if each.base.origin == address.origin), None)
    own = frozenset() if provider is None else frozenset(provider.origins)
    if at_home is not None or str(address.origin) not in own:
        return at_home
    followed = next(filter(None, (follow_base(url, address) for url in urls)), None)
    return followed or next((each for each in found if str(each.base.origin) in own), None)


def follow_base(url: str, address: Address) -> Sister | None:
    """An endpoint as far below the address as ``url`` is below the provider's own; ``None`` where it is not below."""
    if address.base is None or address.endpoint is None or not url.startswith(address.endpoint.base_url):
        return None
    path, _, query = url.removeprefix(address.endpoint.base_url).partition("?")
    return Sister(BaseUrl(address.base.origin, address.base.path + path), query)


def _read(url: str, address: Address) -> Iterator[Sister]:
    location, _, query = url.replace(_BASE, str(address.base)).partition("?")
    base, _problem = _parse(location)
    if base is not None:
        yield Sister(base, query)
