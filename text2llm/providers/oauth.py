"""The login of a provider: the ``oauth`` part of a descriptor, as values. Only logins load this module.

Client ids are not included: each belongs to the product that it was issued to (see ``settings``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Refresh(NamedTuple):
    """How an access token is refreshed. ``encoding`` is ``form`` or ``json``; ``parameters`` are the request's.

    ``terminal_errors`` require a new login. ``lead`` is in seconds before the expiry.
    """

    encoding: str
    parameters: tuple[str, ...]
    terminal_errors: tuple[str, ...]
    lead: int


class Poll(NamedTuple):
    """The polling of a device flow (RFC 8628, 3.5), in seconds."""

    interval: int = 5
    slow_down: int = 5
    limit: int = 1800


class OwnDevice(NamedTuple):
    """A device flow other than RFC 8628's: openai-codex polls for an authorization code."""

    start_url: str
    poll_url: str
    verify_url: str
    redirect: str
    poll: Poll


class OwnMethod(NamedTuple):
    """A login method in a plugin's code. ``url`` is its token exchange."""

    name: str
    summary: str
    url: str


class OAuthFacts(NamedTuple):
    """A provider's login.

    ``flows`` are ``pkce-loopback``, ``paste-code`` and ``device-code``, the best first. ``open_client``: any client
    may use it, without an id. ``redirects`` may contain ``{port}`` for any port; ``state_in_path``: the provider
    returns no ``state``, so it is sent as the last segment of the redirect's path. ``result_key`` is the pointer of an
    API key in the response, if a login yields one. ``names_issuer``: the discovery document says that every redirect
    names the issuer (RFC 9207). ``skew`` is in seconds. ``methods`` are those in a plugin's code.
    """

    provider: str
    flows: tuple[str, ...]
    open_client: bool = False
    client_id_env: str | None = None
    client_secret_env: str | None = None
    needs_secret: bool = False
    issuer: str | None = None
    discovery_url: str | None = None
    authorize_url: str | None = None
    token_url: str | None = None
    device_url: str | None = None
    redirects: tuple[str, ...] = ()
    redirect_parameter: str = "redirect_uri"
    state_in_path: bool = False
    scopes: tuple[str, ...] = ()
    authorize_parameters: Mapping[str, str] = _NOTHING
    encoding: str = "form"
    token_parameters: tuple[str, ...] = ()
    poll: Poll = Poll()
    own_device: OwnDevice | None = None
    refresh: Refresh | None = None
    result_key: str | None = None
    skew: int = 60
    methods: tuple[OwnMethod, ...] = ()
    names_issuer: bool = False

    def method_url(self, name: str) -> str:
        """The token exchange of the plugin's method ``name``; ``KeyError`` if there is none."""
        return {each.name: each.url for each in self.methods}[name]

    def urls(self) -> tuple[str, ...]:
        """Every URL that text2llm itself sends login requests to."""
        own = () if self.own_device is None else (self.own_device.start_url, self.own_device.poll_url)
        methods = (each.url for each in self.methods)
        named = (self.discovery_url, self.issuer, self.token_url, self.device_url, *own, *methods)
        return tuple(url for url in named if url is not None)


def parse_oauth(provider_id: str, entry: Mapping[str, Any]) -> OAuthFacts:
    result = entry.get("result", {})
    return OAuthFacts(
        provider=provider_id,
        flows=tuple(entry.get("flows", ())),
        open_client=entry.get("client") == "open",
        client_id_env=entry.get("clientIdEnv"),
        client_secret_env=entry.get("clientSecretEnv"),
        needs_secret=entry.get("clientSecret") == "required",
        issuer=entry.get("issuer"),
        discovery_url=entry.get("discoveryUrl"),
        authorize_url=entry.get("authorizeUrl"),
        token_url=entry.get("tokenUrl"),
        device_url=entry.get("deviceUrl"),
        redirects=tuple(entry.get("redirects", ())),
        redirect_parameter=entry.get("redirectParameter", "redirect_uri"),
        state_in_path=entry.get("state") == "path",
        scopes=tuple(entry.get("scopes", ())),
        authorize_parameters=entry.get("authorizeParameters", {}),
        encoding=entry.get("tokenEncoding", "form"),
        token_parameters=tuple(entry.get("tokenParameters", ())),
        poll=_poll(entry.get("poll", {})),
        own_device=_own_device(entry.get("device")),
        refresh=_refresh(entry.get("refresh")),
        result_key=result.get("key"),
        skew=entry.get("expirySkewSeconds", 60),
        methods=tuple(OwnMethod(each["name"], each["summary"], each["url"]) for each in entry.get("methods", ())),
    )


def _poll(entry: Mapping[str, Any]) -> Poll:
    return Poll(entry.get("intervalSeconds", 5), entry.get("slowDownSeconds", 5), entry.get("maxSeconds", 1800))


def _own_device(entry: Mapping[str, Any] | None) -> OwnDevice | None:
    if entry is None:
        return None
    return OwnDevice(entry["startUrl"], entry["pollUrl"], entry["verifyUrl"], entry["redirect"], _poll(entry))


def _refresh(entry: Mapping[str, Any] | None) -> Refresh | None:
    if entry is None:
        return None
    terminal = entry.get("terminalErrors", ("invalid_grant",))
    return Refresh(entry["encoding"], tuple(entry["parameters"]), tuple(terminal), entry.get("leadSeconds", 300))


@cache
def load_logins() -> Mapping[str, OAuthFacts]:
    import json

    with open(os.path.join(os.path.dirname(__file__), "logins.json"), "rb") as file:
        return {name: parse_oauth(name, entry) for name, entry in json.load(file).items()}
