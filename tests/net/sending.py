"""Send one request in a test, with a short deadline."""

from __future__ import annotations

import ssl
import time

from tests.net.hostile import Script, listen
from text2llm.diagnostics import Location
from text2llm.net.client import Client
from text2llm.net.loop import run_async
from text2llm.net.message import Failure, FailureKind, Request, Response, SecretBody, SecretHeader
from text2llm.secret import Secret
from text2llm.settings.model import NetworkSettings
from text2llm.trust.bindings import Bindings, CredentialKind, CredentialName, Grant, NamedSecret, Trust
from text2llm.trust.origin import Origin

KEY = "sk-test-0123456789abcdef+/ghij"
NAME = CredentialName(CredentialKind.ENV, "LAB_API_KEY")
HEADER = SecretHeader("Authorization", "Bearer ", NamedSecret(NAME, Secret(KEY)))
DEADLINE = 0.5
HEAD = b"HTTP/1.1 200 OK\r\n"
MIB = 1024 * 1024


def send(
    origin: Origin,
    *,
    credentials: tuple[SecretHeader, ...] = (HEADER,),
    grants: tuple[Grant, ...] | None = None,
    context: ssl.SSLContext | None = None,
    deadline: float = DEADLINE,
    request: Request | None = None,
    secret_body: SecretBody | None = None,
    network: NetworkSettings | None = None,
) -> Response | Failure:
    trust = Trust(Bindings(), (Grant(NAME, origin),) if grants is None else grants)
    asked = request or Request("POST", origin, "/v1/x", (("content-type", "application/json"),), b"{}")

    async def main() -> Response | Failure:
        settings = context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client = Client(trust, settings, network or NetworkSettings())
        place = Location("text2llm.yaml", 7, 3)
        return await client.send(asked, credentials=credentials, body=secret_body, deadline=deadline, place=place)

    started = time.monotonic()
    result = run_async(main())
    assert time.monotonic() - started < deadline + 1
    return result


def ask(script: Script, deadline: float = DEADLINE) -> Response | Failure:
    with listen(script) as server:
        return send(server.origin, deadline=deadline)


def kind(result: Response | Failure) -> FailureKind:
    assert isinstance(result, Failure), result
    return result.kind


def body(result: Response | Failure) -> bytes:
    assert isinstance(result, Response), result
    return result.body
