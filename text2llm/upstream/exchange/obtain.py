"""Makes the credential of a request: signs it, or exchanges a stored credential for a short-lived token.

The libraries of the clouds are optional, block, and are loaded here only.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import assert_never, final

from text2llm.net.client import Client
from text2llm.net.message import Encoding, Request, SecretBody, SecretHeader
from text2llm.trust.bindings import NamedSecret
from text2llm.trust.origin import BaseUrl, OriginError, parse_base_url
from text2llm.upstream.exchange.identity import (
    AwsIdentity,
    CopilotIdentity,
    EntraIdentity,
    GoogleIdentity,
    Identity,
    Prepared,
    Signer,
)
from text2llm.upstream.exchange.library import run_library
from text2llm.upstream.exchange.token import read_token
from text2llm.upstream.hints import find_hint
from text2llm.upstream.judge import reject
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.upstream.wire.shape import CompletionCall

#: badlogic/pi-mono packages/ai/src/utils/oauth/github-copilot.ts
_COPILOT_URL = "https://api.github.com/copilot_internal/v2/token"


#: Seconds for which an exchange is used again: no service issues what ends sooner.
_REUSED = 240.0


@final
class Identities:
    """Makes the credentials of one run, in memory only: an identity is exchanged once for all of its requests."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._begun: dict[tuple[Identity, str], asyncio.Task[Signer | Verdict]] = {}

    async def authenticate(self, call: CompletionCall, request: Request, deadline: float) -> Prepared | Verdict:
        """The request with its credential, within ``deadline`` seconds; or why there is none."""
        assert call.identity is not None
        try:
            async with asyncio.timeout(deadline):
                signer = await asyncio.shield(self._find(call.identity, call.provider, deadline))
        except TimeoutError:
            hint = find_hint(Reason.DEADLINE, call.provider)
            return Verdict(Reason.DEADLINE, "the credential was not made in time", hint)
        except ModuleNotFoundError:
            extra = "aws" if isinstance(call.identity, AwsIdentity) else "google"
            text = f"the credential is made with a library that is not installed: the extra {extra}"
            return Verdict(Reason.UNPROVEN, text, f"install text2llm[{extra}] to prove this route")
        made = signer if isinstance(signer, Verdict) else signer(request)
        return made if isinstance(made, Verdict) else replace(made, credentials=(*call.credentials, *made.credentials))

    def _find(self, identity: Identity, provider: str, deadline: float) -> asyncio.Task[Signer | Verdict]:
        key = (identity, provider)
        if key not in self._begun:
            task = asyncio.create_task(_exchange(identity, provider, self._client, deadline))
            self._begun[key] = task
            task.add_done_callback(partial(self._keep, key))
        return self._begun[key]

    def _keep(self, key: tuple[Identity, str], task: asyncio.Task[Signer | Verdict]) -> None:
        """Keep what stays true for a while."""
        failed = task.cancelled() or task.exception() is not None
        result = None if failed else task.result()
        if failed or (isinstance(result, Verdict) and result.may_pass):
            del self._begun[key]
        else:
            task.get_loop().call_later(_REUSED, self._begun.pop, key)


async def _exchange(identity: Identity, provider: str, client: Client, deadline: float) -> Signer | Verdict:
    async with asyncio.timeout(deadline):
        match identity:
            case AwsIdentity():
                from text2llm.upstream.exchange import aws

                return await run_library(partial(aws.find_signer, identity))
            case GoogleIdentity():
                from text2llm.upstream.exchange import google

                loop = asyncio.get_running_loop()
                return await run_library(partial(google.find_signer, identity, client, loop, deadline))
            case EntraIdentity():
                return await _obtain_entra(identity, provider, client, deadline)
            case CopilotIdentity():
                return await _obtain_copilot(identity, provider, client, deadline)
            case _:
                assert_never(identity)


async def _obtain_entra(identity: EntraIdentity, provider: str, client: Client, deadline: float) -> Signer | Verdict:
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
    response = await client.send(asked, body=body, deadline=deadline)
    found = read_token(provider, asked.origin, response, "access_token")
    if isinstance(found, Verdict):
        return found
    return partial(_carry, NamedSecret(identity.secret.name, found[0]), None)


async def _obtain_copilot(
    identity: CopilotIdentity, provider: str, client: Client, deadline: float
) -> Signer | Verdict:
    """A Copilot token and the address that goes with it, which must be one that the credential is bound to."""
    url = parse_base_url(_COPILOT_URL)
    response = await client.send(
        Request("GET", url.origin, url.path), credentials=(bear(identity.secret),), deadline=deadline
    )
    found = read_token(provider, url.origin, response, "token")
    if isinstance(found, Verdict):
        return found
    token, body = found
    endpoints = body.get("endpoints")
    base = endpoints.get("api") if isinstance(endpoints, dict) else None
    try:
        moved = parse_base_url(base) if isinstance(base, str) and not identity.moved else None
    except OriginError:
        return reject(provider, f"the token endpoint {url.origin} names an invalid address")
    return partial(_carry, NamedSecret(identity.secret.name, token), moved)


def _carry(token: NamedSecret, base: BaseUrl | None, request: Request) -> Prepared:
    """The request with a token, at the address that goes with it."""
    if base is not None:
        request = replace(request, origin=base.origin, path=base.path + request.path)
    return Prepared(request, (bear(token),))


def bear(secret: NamedSecret) -> SecretHeader:
    return SecretHeader("Authorization", "Bearer ", secret)
