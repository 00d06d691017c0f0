"""Which request tells the usage of a credential. Pure; whether it may be sent is for :mod:`text2llm.net` to decide."""

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
    """One request to a usage endpoint; ``label`` names its credential, ``answer`` the shape of what comes back."""

    provider: str
    label: str
    request: Request
    credential: SecretHeader
    answer: str


def plan_query(access: Access, endpoint: UsageEndpoint) -> UsageQuery | None:
    """The request for the usage of a credential; ``None`` where none can tell it.

    A repository moves no usage endpoint: what its config sends elsewhere has no usage that the provider knows.
    """
    credential, place = access.credential, _find_place(access, endpoint)
    if credential.secret is None or place is None:
        return None
    named = NamedSecret(binding_name(credential), credential.secret)
    return UsageQuery(
        provider=access.provider,
        label=credential.label,
        request=Request("GET", place.base.origin, place.target, tuple(endpoint.headers.items())),
        credential=SecretHeader("Authorization", endpoint.prefix, named),
        answer=endpoint.answer,
    )


def _find_place(access: Access, endpoint: UsageEndpoint) -> SiblingUrl | None:
    address, secret = access.address, access.credential.secret
    if address.base is not None and address.is_loopback and secret is not None and is_public_value(secret):
        # The sandbox has the paths of the providers.
        return SiblingUrl(BaseUrl(address.base.origin, parse_base_url(endpoint.url).path))
    if not address.moved:
        return SiblingUrl(parse_base_url(endpoint.url))
    return find_sibling(tuple(filter(None, (endpoint.url, endpoint.url_china))), address, access.builtin)
