"""The settings in ``settings.yaml`` in the user's config directory."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from text2llm.errors import Text2llmError

if TYPE_CHECKING:  # for a fast start
    from text2llm.secret import SecretRef
    from text2llm.trust.bindings import Grant

_NO_CLIENTS: Mapping[str, OAuthClient] = MappingProxyType({})
_NO_SOURCES: Mapping[str, SecretSource] = MappingProxyType({})
_NO_GATEWAYS: Mapping[str, OidcGateway] = MappingProxyType({})

#: The value of ``network.proxy`` and ``network.caFile`` for the environment's variables.
FROM_ENVIRONMENT = "environment"


class SettingsError(Text2llmError):
    """The user's settings are invalid; they are never ignored or changed."""

    code = "settings"


class OAuthClient(NamedTuple):
    """A client that the user or their company registered at a provider.

    ``redirect`` is the redirect URL they registered, with ``{port}`` where any port is accepted.
    """

    client_id: str
    client_secret: SecretRef | None = None
    redirect: str | None = None


class OidcGateway(NamedTuple):
    """A company's OpenID provider that issues the tokens for the provider ``id``.

    ``issuer`` is not normalized, since its discovery document must repeat it exactly. ``origins`` are the origins,
    besides that of ``issuer``, that this document may name.
    """

    id: str
    issuer: str
    client: OAuthClient
    scopes: tuple[str, ...] = ("openid", "offline_access")
    flows: tuple[str, ...] = ("pkce-loopback", "device-code")
    origins: tuple[str, ...] = ()


class NetworkSettings(NamedTuple):
    """``proxy`` is a URL and ``ca_file`` a path, or :data:`FROM_ENVIRONMENT`.

    A ``ca_file`` may begin with ``~/``. Its certificates are trusted in addition to the bundled ones.
    """

    proxy: str | None = None
    ca_file: str | None = None


class SecretSource(NamedTuple):
    """A command that returns secrets. ``env`` are the variables that it gets; ``timeout_ms`` is in milliseconds."""

    name: str
    command: tuple[str, ...]
    env: tuple[str, ...] = ()
    timeout_ms: int = 5000


class Settings(NamedTuple):
    """``clients`` and ``gateways`` are by the provider's canonical id; ``grants[i]`` is at ``("trust", i)``."""

    path: str = ""
    grants: tuple[Grant, ...] = ()
    clients: Mapping[str, OAuthClient] = _NO_CLIENTS
    gateways: Mapping[str, OidcGateway] = _NO_GATEWAYS
    plugins: tuple[str, ...] = ()
    network: NetworkSettings = NetworkSettings()
    sources: Mapping[str, SecretSource] = _NO_SOURCES
