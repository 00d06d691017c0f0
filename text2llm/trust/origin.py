"""Origins: scheme, host and port, in one canonical spelling.

Only unambiguous URLs are accepted. Requests are assembled from the parsed :class:`Origin`, never from the text, so two
parsers cannot disagree about the destination.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from text2llm.errors import Text2llmError

DEFAULT_PORTS = {"https": 443, "http": 80}

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)")
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]*))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*")
# Encoded dots and slashes, which some servers decode and resolve.
_ENCODED_STEP = re.compile(r"%(?:2e|2f|5c)", re.IGNORECASE)
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_OCTET = re.compile(r"0|[1-9][0-9]{0,2}")
_MAX_HOST = 253
_MAX_PORT = 65535
_IPV4_PARTS = 4
_MAX_OCTET = 255
_PRIVATE = re.compile(
    r"(?:10|169\.254|192\.168|172\.(?:1[6-9]|2[0-9]|3[01]))(?:\.[0-9]{1,3}){2,3}"
    r"|\[f(?:[cd]|e[89ab])[0-9a-f:]+\]|[^.\[\]]+|[^\[\]]+\.(?:local|lan|internal|localdomain|home\.arpa)"
)
_UNSPECIFIED = frozenset({"0.0.0.0", "[::]"})  # noqa: S104 - refused, not listened on


class OriginError(Text2llmError):
    """A URL is invalid. The message does not quote it: it may contain a secret."""

    code = "invalid-origin"


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """``scheme`` is ``https`` or ``http``; an IPv6 ``host`` is in brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}" + ("" if self.has_usual_port else f":{self.port}")

    @property
    def has_usual_port(self) -> bool:
        return self.port == DEFAULT_PORTS[self.scheme]

    @property
    def unencrypted(self) -> bool:
        """Whether what is sent there can be read on the way: plain http to another machine."""
        return self.scheme == "http" and not self.loopback

    @property
    def is_private(self) -> bool:
        """Whether the host is by its name or address one of a network of one's own. No permission follows from that."""
        return _PRIVATE.fullmatch(self.host) is not None

    @property
    def loopback(self) -> bool:
        """Whether the host is this machine: ``127.0.0.0/8`` or ``[::1]``."""
        return self.host == "[::1]" or (self.host.startswith("127.") and _is_ipv4(self.host))


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """``path``, to which an API's own paths are appended, has no slash at its end."""

    origin: Origin
    path: str

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"


def parse_origin(url: str, *, plain: bool = False) -> Origin:
    """The origin at ``url``, which has nothing after host and port but one slash; ``plain`` as in a base URL.

    Raises:
        OriginError: it is more than an origin, or ambiguous.
    """
    return _without_path(parse_base_url(url, plain=plain), "https://api.example.com")


@lru_cache(maxsize=256)  # a thousand routes to one provider share one
def parse_base_url(url: str, *, plain: bool = False) -> BaseUrl:
    """The origin and path of a base URL. ``localhost`` becomes ``127.0.0.1``, so that no resolver is asked.

    ``plain``: plain http to another machine is accepted, unless a built-in provider is there.

    Raises:
        OriginError: user info, query or fragment; plain http beyond loopback; an odd host, port or path.
    """
    base = _parse_url(url)
    if base.origin.unencrypted:
        _check_plain(base.origin.host, plain=plain)
    return base


def _check_plain(host: str, *, plain: bool) -> None:
    from text2llm.trust.home import is_provider_host

    if not plain:
        _fail("uses plain http to a remote host", "use https://; http:// is for 127.0.0.1, [::1] and localhost only")
    if host in _UNSPECIFIED:
        _fail("has an address that names no machine", "write 127.0.0.1 or [::1] for this one")
    if is_provider_host(host):
        _fail("uses plain http to a host of a built-in provider", "use https://")


def parse_proxy(url: str) -> Origin:
    """The origin of a proxy, for which plain http is usual: TLS to the server is tunneled.

    Raises:
        OriginError: it is more than an origin, or ambiguous.
    """
    return _without_path(_parse_url(url), "http://proxy.example.com:3128")


def _without_path(base: BaseUrl, example: str) -> Origin:
    if base.path:
        _fail("has a path", f"give scheme, host and port only, like {example}")
    return base.origin


def _parse_url(url: str) -> BaseUrl:
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        _fail("has a character that does not belong in a URL", "write an international name in its xn-- form")
    matched = _URL.fullmatch(url)
    if matched is None:
        _fail(*_explain_shape(url))
    scheme = matched[1].lower()
    if scheme not in DEFAULT_PORTS:
        _fail("is neither https nor http", "use https://, or http:// for a loopback address")
    return BaseUrl(_parse_authority(scheme, matched[2].lower()), _parse_path(matched[3]))


def _explain_shape(url: str) -> tuple[str, str]:
    if "?" in url:
        return "has a query", "leave out everything from the `?` on"
    if "#" in url:
        return "has a fragment", "leave out everything from the `#` on"
    return "has no scheme", "begin with https://, as in https://api.example.com"


def _parse_authority(scheme: str, text: str) -> Origin:
    if "@" in text:
        _fail("has user info before the host", "leave out everything up to the `@`")
    matched = _AUTHORITY.fullmatch(text)
    if matched is None or not matched[1]:
        _fail("has no readable host", "write a host name or an IP address")
    port = DEFAULT_PORTS[scheme] if matched[2] is None else _parse_port(matched[2])
    return Origin(scheme, _parse_host(matched[1]), port)


def _parse_port(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,4}", text) or int(text) > _MAX_PORT:
        _fail("has a port that is not a number from 1 to 65535", "write the port in plain digits, or leave it out")
    return int(text)


def _parse_host(host: str) -> str:
    if host.startswith("["):
        return _parse_ipv6(host[1:-1])
    if host == "localhost":
        return "127.0.0.1"
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        if not _is_ipv4(host):
            _fail("has an IP address in an unusual spelling", "write four plain decimal numbers, like 127.0.0.1")
        return host
    if host.endswith("."):
        _fail("has a dot at the end of the host", "leave the last dot out")
    if len(host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        _fail("has a host that is not a domain name", "use letters, digits and hyphens, separated by single dots")
    return host


@lru_cache(maxsize=256)
def _is_ipv4(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == _IPV4_PARTS and all(_OCTET.fullmatch(part) and int(part) <= _MAX_OCTET for part in parts)


def _parse_ipv6(text: str) -> str:
    import ipaddress  # only addresses in brackets need it

    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        _fail("has brackets without a plain IPv6 address", "write it like [::1], without a zone")
    if address.scope_id is not None or address.ipv4_mapped is not None:
        _fail("has an IPv6 address with a zone, or one mapped from an IPv4 address", "write the plain address")
    return f"[{address.compressed}]"


def _parse_path(path: str) -> str:
    segments = path.split("/")
    odd = {".", ".."}.intersection(segments) or "" in segments[1:-1] or _ENCODED_STEP.search(path)
    if odd or not _PATH.fullmatch(path):
        _fail("has an odd path", "use plain segments, without `//`, `.`, `..` or a lone `%`")
    return path.rstrip("/")


def _fail(problem: str, hint: str) -> NoReturn:
    raise OriginError(f"the URL {problem}", hint=hint)
