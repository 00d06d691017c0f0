"""The request for the usage of a credential. Pure; :mod:`text2llm.net` decides whether it may be sent."""

from __future__ import annotations

from typing import NamedTuple

from text2llm.auth.naming import binding_name
from text2llm.net.message import Request, SecretHeader
from text2llm.providers.endpoints import UsageEndpoint
from text2llm.trust.bindings import NamedSecret
from text2llm.trust.origin import BaseUrl, parse_base_url
from text2llm.trust.public import is_public_value
from text2llm.upstream.access import Access
from text2llm.upstream.address import SiblingUrl, find_sibling


class UsageQuery(NamedTuple):
    """One request to a usage endpoint; ``label`` names its credential, ``answer`` the response's shape."""

    provider: str
    label: str
    request: Request
    credential: SecretHeader
    answer: str


def plan_query(access: Access, endpoint: UsageEndpoint) -> UsageQuery | None:
    """The request for the usage of a credential; ``None`` if there is none.

    A config that sends requests elsewhere does not move the usage endpoint: the provider does not know that usage.
    """
    credential, url = access.credential, _find_url(access, endpoint)
    if credential.secret is None or url is None:
        return None
    named = NamedSecret(binding_name(credential), credential.secret)
    return UsageQuery(
        provider=access.provider,
        label=credential.label,
        request=Request("GET", url.base.origin, url.target, tuple(endpoint.headers.items())),
        credential=SecretHeader("Authorization", endpoint.prefix, named),
        answer=endpoint.answer,
    )


def _find_url(access: Access, endpoint: UsageEndpoint) -> SiblingUrl | None:
    address, secret = access.address, access.credential.secret
    if address.base is not None and address.is_loopback and secret is not None and is_public_value(secret):
        # The sandbox serves the providers' paths.
        return SiblingUrl(BaseUrl(address.base.origin, parse_base_url(endpoint.url).path))
    if not address.moved:
        return SiblingUrl(parse_base_url(endpoint.url))
    return find_sibling(tuple(filter(None, (endpoint.url, endpoint.url_china))), address, access.builtin)
