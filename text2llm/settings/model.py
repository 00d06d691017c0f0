"""Settings: what ``settings.yaml`` in the user's config directory says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from text2llm.errors import Text2llmError

if TYPE_CHECKING:  # a user without settings pays for neither
    from text2llm.secret import SecretRef
    from text2llm.trust.bindings import Grant

_NO_CLIENTS: Mapping[str, OAuthClient] = MappingProxyType({})
_NO_GATEWAYS: Mapping[str, OidcGateway] = MappingProxyType({})

#: The value of ``network.proxy`` and ``network.caFile`` that lets the environment decide.
FROM_ENVIRONMENT = "environment"


class SettingsError(Text2llmError):
    """The user's settings cannot be used as they are; they are never ignored, and stay untouched."""

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

    ``issuer`` is as the user wrote it, since its discovery document must repeat it exactly. ``origins`` are the
    origins, besides that of ``issuer``, that this document may name.
    """

    id: str
    issuer: str
    client: OAuthClient
    scopes: tuple[str, ...] = ("openid", "offline_access")
    flows: tuple[str, ...] = ("pkce-loopback", "device-code")
    origins: tuple[str, ...] = ()


class NetworkSettings(NamedTuple):
    """How servers are reached. ``proxy`` is a URL and ``ca_file`` a path; ``environment`` lets the variables decide.

    A ``ca_file`` may begin with ``~/``. Its certificates are trusted beside the bundled ones.
    """

    proxy: str | None = None
    ca_file: str | None = None


class Settings(NamedTuple):
    """The user's settings; all empty where there is no file.

    ``clients`` and ``gateways`` are by the provider's canonical id; ``grants[i]`` is written at ``("trust", i)``.
    """

    path: str = ""
    grants: tuple[Grant, ...] = ()
    clients: Mapping[str, OAuthClient] = _NO_CLIENTS
    gateways: Mapping[str, OidcGateway] = _NO_GATEWAYS
    plugins: tuple[str, ...] = ()
    network: NetworkSettings = NetworkSettings()
