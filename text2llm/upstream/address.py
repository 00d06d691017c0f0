"""The base URL and wire format of a provider, from its descriptor and the configuration. Pure.

Nothing else reads a configured base URL to find the origin of requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from text2llm.config.model import CustomProvider
from text2llm.providers.descriptor import SPOKEN, ApiEndpoint, Provider
from text2llm.trust.origin import BaseUrl, Origin, OriginError, parse_base_url

#: The default wire format of a configured provider.
DEFAULT_API = "openai-completions"
_BASE = "{baseUrl}"


class Address(NamedTuple):
    """Where requests are sent. ``url`` is the base URL as written, ``moved`` whether the configuration sets it.

    ``base`` is ``None`` if it is not set, or if ``problem`` is why nothing can be sent there. ``endpoint`` is the
    descriptor's endpoint of this ``api``, if it has one; ``homeless``: the provider is built in, and has none.
    """

    api: str
    url: str | None
    moved: bool
    base: BaseUrl | None
    problem: OriginError | None
    endpoint: ApiEndpoint | None
    homeless: bool = False

    @property
    def origin(self) -> Origin | None:
        return None if self.base is None else self.base.origin

    @property
    def is_loopback(self) -> bool:
        return self.base is not None and self.base.origin.loopback


class AddressFault(NamedTuple):
    """Why nothing can be sent to an address. ``invalid``: something is set, and cannot be used; else it is not set."""

    text: str
    hint: str | None
    invalid: bool


def find_fault(provider: str, address: Address, environ: Mapping[str, str]) -> AddressFault | None:
    """Why nothing can be sent to the address of a provider (a canonical id); ``None`` if something can."""
    setting = f"models.providers.{provider}.baseUrl"
    if address.url is None and address.homeless:
        text = f"{provider} has no address for the API {address.api}"
        return AddressFault(text, f"set {setting}, or leave out its api", invalid=False)
    if address.url is None:
        return AddressFault("the provider has no baseUrl", f"set {setting}", invalid=False)
    if address.problem is None:
        return None
    if "{" in address.url:
        return _explain_placeholder(address.url, setting, environ)
    return AddressFault(f"{setting}: {address.problem.message}", address.problem.hint, invalid=True)


def _explain_placeholder(url: str, setting: str, environ: Mapping[str, str]) -> AddressFault:
    from text2llm.providers.tenancy import EXAMPLES, VARIABLES, find_invalid, find_part

    lacking = [name for name in VARIABLES if f"{{{name}}}" in url and find_part(name, environ) is None]
    for name in lacking:
        variable = find_invalid(name, environ)
        if variable is not None:
            text = f"the value of {variable} is not valid: it becomes a part of the base URL"
            hint = f"correct {variable}: letters, digits and inner hyphens, such as {EXAMPLES[name]}"
            return AddressFault(text, hint, invalid=True)
    ways = "".join(f"set the variable {VARIABLES[name][0]}, or " for name in lacking)
    text = "its base URL has a placeholder that must be filled in"
    return AddressFault(text, f"{ways}set {setting}", invalid=False)


class SiblingUrl(NamedTuple):
    """Another endpoint of the same service; ``query`` is the constant part of its query string."""

    base: BaseUrl
    query: str = ""

    def __str__(self) -> str:
        return f"{self.base}" + (f"?{self.query}" if self.query else "")

    @property
    def target(self) -> str:
        return (self.base.path or "/") + (f"?{self.query}" if self.query else "")


def find_address(
    provider: Provider | None, custom: CustomProvider | None, model: str | None = None, *, meant: bool = False
) -> Address:
    """The address for a model of a provider, or for requests without one; ``custom`` is the config's entry.

    ``meant``: the intended address, even if its wire format is unsupported. Without it, another endpoint is preferred.
    An API that the configuration sets for a built-in provider has the descriptor's address for it, if there is one.
    """
    endpoint = None if provider is None else _pick_endpoint(provider, custom, model, meant=meant)
    api = (custom.api if custom else None) or (endpoint.api if endpoint else DEFAULT_API)
    own = endpoint if endpoint is not None and endpoint.api == api else None
    moved = custom is not None and custom.moved
    url = custom.base_url if custom is not None and moved else own.base_url if own else None
    base, problem = _parse(url)
    return Address(api, url, moved, base, problem, own, homeless=endpoint is not None and url is None)


def _parse(url: str | None) -> tuple[BaseUrl | None, OriginError | None]:
    try:
        return (None if url is None else parse_base_url(url, plain=True)), None
    except OriginError as error:
        return None, error


def _pick_endpoint(provider: Provider, custom: CustomProvider | None, model: str | None, *, meant: bool) -> ApiEndpoint:
    """The endpoint that serves the model; unless ``meant``, the next best if that one is unsupported.

    The path of a configured base URL selects the endpoint: ``/v1`` of Ollama is not its own API.
    """
    if custom is not None and custom.api is not None:
        return provider.endpoint(custom.api) or provider.endpoints[0]
    default = provider.endpoints[0] if model is None else provider.endpoint_for(model)
    if model is not None and any(model.startswith(rule.prefixes) for rule in provider.api_rules):
        return default
    known = [each for each in provider.endpoints if meant or each.api in SPOKEN]
    own = _path(custom.base_url) if custom is not None and custom.base_url is not None else None
    alike = next((each for each in known if _path(each.base_url) == own), None)
    return alike or (default if default in known else next(iter(known), default))


def _path(url: str) -> str:
    return url.partition("://")[2].partition("/")[2].rstrip("/")


def find_sibling(urls: Sequence[str], address: Address, provider: Provider | None) -> SiblingUrl | None:
    """The first of a descriptor's ``urls`` that exists at the address; ``None`` if none does.

    ``{baseUrl}`` in a URL is replaced by the address. Every other URL is the provider's own: it must be at the origin
    of the address or, if that is the provider's, at another of its origins. A proxy of the provider has none of these.
    """
    endpoints = [sibling for url in urls for sibling in _read(url, address)]
    at_home = next((each for each in endpoints if each.base.origin == address.origin), None)
    own = frozenset() if provider is None else frozenset(provider.origins)
    if at_home is not None or str(address.origin) not in own:
        return at_home
    followed = next(filter(None, (rebase_url(url, address) for url in urls)), None)
    return followed or next((each for each in endpoints if str(each.base.origin) in own), None)


def rebase_url(url: str, address: Address) -> SiblingUrl | None:
    """``url`` with the provider's own base URL replaced by the address; ``None`` if it is not below the former."""
    if address.base is None or address.endpoint is None or not url.startswith(address.endpoint.base_url):
        return None
    path, _, query = url.removeprefix(address.endpoint.base_url).partition("?")
    return SiblingUrl(BaseUrl(address.base.origin, address.base.path + path), query)


def _read(url: str, address: Address) -> Iterator[SiblingUrl]:
    location, _, query = url.replace(_BASE, str(address.base)).partition("?")
    base, _problem = _parse(location)
    if base is not None:
        yield SiblingUrl(base, query)
