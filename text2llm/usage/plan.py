"""Which request tells the usage of a credential. Pure; whether it may be sent is for :mod:`text2llm.net` to decide."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from text2llm.auth.naming import name_credential
from text2llm.auth.sources import Effective
from text2llm.net.message import Request, SecretHeader
from text2llm.providers.usage import UsageEndpoint
from text2llm.trust.bindings import NamedSecret
from text2llm.trust.origin import BaseUrl, OriginError, parse_base_url
from text2llm.trust.public import is_public_value


class UsageQuery(NamedTuple):
    """One request to a usage endpoint; ``label`` names its credential, ``answer`` the shape of what comes back."""

    provider: str
    label: str
    request: Request
    credential: SecretHeader
    answer: str


def plan_query(
    credential: Effective, endpoint: UsageEndpoint, base_url: str | None, origins: Collection[str]
) -> UsageQuery | None:
    """The request for the usage of a credential; ``None`` where none can tell it.

    ``base_url`` is that of the config, ``origins`` are the provider's own. A repository moves no usage endpoint: what
    its config sends elsewhere has no usage that the provider knows.
    """
    if credential.secret is None:
        return None
    public = is_public_value(credential.secret)
    try:
        place = _find_place(endpoint, base_url, origins, public=public)
    except OriginError:
        return None  # `validate` says what is wrong with a base URL
    if place is None:
        return None
    named = NamedSecret(name_credential(credential), credential.secret)
    return UsageQuery(
        provider=credential.provider,
        label=credential.label,
        request=Request("GET", place.origin, place.path, tuple(endpoint.headers.items())),
        credential=SecretHeader("Authorization", endpoint.prefix, named),
        answer=endpoint.answer,
    )


def _find_place(
    endpoint: UsageEndpoint, base_url: str | None, origins: Collection[str], *, public: bool
) -> BaseUrl | None:
    usual = parse_base_url(endpoint.url)
    if base_url is None:
        return usual
    base = parse_base_url(base_url)
    if base.origin.loopback and public:
        return BaseUrl(base.origin, usual.path)  # the sandbox, which has the paths of the providers
    china = None if endpoint.url_china is None else parse_base_url(endpoint.url_china)
    if china is not None and base.origin == china.origin:
        return china
    return usual if str(base.origin) in origins else None
