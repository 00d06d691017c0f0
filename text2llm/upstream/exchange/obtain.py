"""Makes the credential of a request: signs it, or exchanges a stored credential for a short-lived token.

The libraries of the clouds are optional, block, and are loaded here only.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import assert_never

from text2llm.net.client import Client
from text2llm.net.message import Encoding, Request, SecretBody, SecretHeader
from text2llm.trust.bindings import NamedSecret
from text2llm.trust.origin import OriginError, parse_base_url
from text2llm.upstream.exchange.identity import (
    AwsIdentity,
    CopilotIdentity,
    EntraIdentity,
    GoogleIdentity,
    Identity,
    Prepared,
)
from text2llm.upstream.exchange.token import read_token
from text2llm.upstream.hints import find_hint
from text2llm.upstream.judge import reject
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.upstream.wire.shape import CompletionCall

#: badlogic/pi-mono packages/ai/src/utils/oauth/github-copilot.ts
_COPILOT_URL = "https://api.github.com/copilot_internal/v2/token"


async def authenticate(call: CompletionCall, request: Request, client: Client, deadline: float) -> Prepared | Verdict:
    """The request with its credential, within ``deadline`` seconds; or why there is none."""
    assert call.identity is not None
    try:
        async with asyncio.timeout(deadline):
            made = await _prepare(call.identity, call.provider, request, client, deadline)
            return (
                made if isinstance(made, Verdict) else replace(made, credentials=(*call.credentials, *made.credentials))
            )
    except TimeoutError:
        return Verdict(
            Reason.DEADLINE, "the credential was not made in time", find_hint(Reason.DEADLINE, call.provider)
        )
    except ImportError:
        extra = "aws" if isinstance(call.identity, AwsIdentity) else "google"
        text = f"the credential is made with a library that is not installed: the extra {extra}"
        return Verdict(Reason.UNPROVEN, text, f"install text2llm[{extra}] to prove this route")


async def _prepare(
    identity: Identity, provider: str, request: Request, client: Client, deadline: float
) -> Prepared | Verdict:
    match identity:
        case AwsIdentity():
            from text2llm.upstream.exchange.aws import sign

            return await asyncio.to_thread(sign, identity, request)
        case GoogleIdentity():
            from text2llm.upstream.exchange.google import obtain_token

            return await asyncio.to_thread(
                obtain_token, identity, request, client, asyncio.get_running_loop(), deadline
            )
        case EntraIdentity():
            return await _obtain_entra(identity, provider, request, client, deadline)
        case CopilotIdentity():
            return await _obtain_copilot(identity, provider, request, client, deadline)
        case _:
            assert_never(identity)


async def _obtain_entra(
    identity: EntraIdentity, provider: str, request: Request, client: Client, deadline: float
) -> Prepared | Verdict:
    """A token by client credentials: learn.microsoft.com, v2-oauth2-client-creds-grant-flow."""
    body = SecretBody(
        Encoding.FORM,
        (
            ("grant_type", "client_credentials"),
            ("client_id", identity.client),
            ("client_secret", identity.secret),
            ("scope", identity.scope),
        ),
    )
    asked = Request("POST", identity.authority.origin, f"{identity.authority.path}/oauth2/v2.0/token")
    found = read_token(provider, await client.send(asked, body=body, deadline=deadline), "access_token")
    if isinstance(found, Verdict):
        return found
    return Prepared(request, (bear(NamedSecret(identity.secret.name, found[0])),))


async def _obtain_copilot(
    identity: CopilotIdentity, provider: str, request: Request, client: Client, deadline: float
) -> Prepared | Verdict:
    """A Copilot token and the address that goes with it, which must be one that the credential is bound to."""
    url = parse_base_url(_COPILOT_URL)
    response = await client.send(
        Request("GET", url.origin, url.path), credentials=(bear(identity.secret),), deadline=deadline
    )
    found = read_token(provider, response, "token")
    if isinstance(found, Verdict):
        return found
    token, body = found
    endpoints = body.get("endpoints")
    base = endpoints.get("api") if isinstance(endpoints, dict) else None
    if isinstance(base, str) and not identity.moved:
        try:
            url = parse_base_url(base)
            request = replace(request, origin=url.origin, path=url.path + request.path)
        except OriginError:
            return reject(provider, "the token endpoint names an invalid address")
    return Prepared(request, (bear(NamedSecret(identity.secret.name, token)),))


def bear(secret: NamedSecret) -> SecretHeader:
    return SecretHeader("Authorization", "Bearer ", secret)
