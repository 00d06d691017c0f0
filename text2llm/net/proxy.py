"""Which requests use a proxy: none, unless the user's settings say so. Pure.

Plain http is used only for this machine, and requests to this machine use no proxy; so all proxied traffic is TLS from
end to end, and the proxy sees a host name and no credential.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from text2llm.secret import Secret
from text2llm.settings.model import FROM_ENVIRONMENT, NetworkSettings, SettingsError
from text2llm.trust.origin import Origin, OriginError, parse_proxy

# In the order in which curl reads them; the lower-case spelling wins.
_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_EXEMPTIONS = ("no_proxy", "NO_PROXY")
# Variables often omit the scheme, and may have a user.
_WRITTEN = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*)://)?(?:([^@/]*)@)?([^@]*)")


class Proxy(NamedTuple):
    """A proxy; ``login`` is a user's name and password."""

    origin: Origin
    login: tuple[str, Secret] | None = None


class ProxyRule(NamedTuple):
    """The proxy for everything but this machine and the hosts in ``exempt``; ``None`` for no proxy."""

    proxy: Proxy | None = None
    exempt: tuple[str, ...] = ()

    def proxy_for(self, origin: Origin) -> Proxy | None:
        if origin.loopback or any(_matches(entry, origin) for entry in self.exempt):
            return None
        return self.proxy


def find_proxy(network: NetworkSettings, environ: Mapping[str, str]) -> ProxyRule:
    """The rule of the settings; ``environ`` is read only if they say so.

    Raises:
        SettingsError: the settings use the environment's proxy, whose URL is invalid.
    """
    if network.proxy is None:
        return ProxyRule()
    if network.proxy != FROM_ENVIRONMENT:
        return ProxyRule(Proxy(parse_proxy(network.proxy)))
    name = next((name for name in _VARIABLES if environ.get(name)), None)
    if name is None:
        return ProxyRule()
    listed = next((environ[name] for name in _EXEMPTIONS if environ.get(name)), "")
    exempt = tuple(entry.strip().lower() for entry in listed.split(",") if entry.strip())
    return ProxyRule(_parse_variable(name, environ[name].strip()), exempt)


def _parse_variable(name: str, text: str) -> Proxy:
    from urllib.parse import unquote

    matched = _WRITTEN.fullmatch(text)
    try:
        origin = parse_proxy(f"{matched[1] or 'http'}://{matched[3]}" if matched else "")
    except OriginError as error:
        message = f"network.proxy uses the environment's proxy, but {name} is invalid: {error.message}"
        raise SettingsError(message, hint=f"fix {name}, or set the proxy in the settings") from error
    assert matched is not None
    if matched[2] is None:
        return Proxy(origin)
    user, _, password = matched[2].partition(":")
    return Proxy(origin, (unquote(user), Secret(unquote(password))))


def _matches(entry: str, origin: Origin) -> bool:
    """Whether an entry of ``NO_PROXY`` names a host: itself, a domain above it, or ``*``; a port may follow."""
    host, colon, port = entry.rpartition(":")
    if colon and port.isdecimal() and not host.endswith(":"):
        return int(port) == origin.port and _matches_host(host, origin.host)
    return _matches_host(entry, origin.host)


def _matches_host(entry: str, host: str) -> bool:
    name = entry.removeprefix("*").removeprefix(".")
    return entry == "*" or host.strip("[]") == name.strip("[]") or (bool(name) and host.endswith(f".{name}"))
