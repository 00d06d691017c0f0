"""The one HTTP client, and the one function that sends bytes.

Limits: one deadline for name lookup, connection, headers and body together; 8 MiB of body; no redirect, retry or
cookie; no proxy and nothing from the environment unless the settings request it. Failures are returned as values.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, final

from text2llm import __version__
from text2llm.diagnostics import Location
from text2llm.net.body import MAX_BODY
from text2llm.net.explain import explain_error
from text2llm.net.message import Failure, FailureKind, Request, Response, SecretBody, SecretHeader, check_request
from text2llm.net.proxy import find_proxy
from text2llm.net.transport import (
    ConnectingTransport,
    Headers,
    RequestRoute,
    Transport,
    build_httpx_request,
    fetch,
)
from text2llm.redaction.echoes import Echoes
from text2llm.secret import Secret
from text2llm.settings.model import FROM_ENVIRONMENT, NetworkSettings, SettingsError
from text2llm.trust.bindings import NamedSecret, Refused, Trust, decide
from text2llm.trust.public import is_public_value

if TYPE_CHECKING:
    import ssl

_DEFAULT_NETWORK = NetworkSettings()
_FIXED_HEADERS = (
    ("user-agent", f"text2llm/{__version__}"),
    ("accept", "application/json"),
    ("accept-encoding", "gzip, deflate"),
    ("connection", "close"),
)


@final
class Client:
    """Sends requests under one set of grants, each over a connection of its own; any number at once.

    Args:
        trust: decides which credential may be sent to which origin.
        context: the TLS settings; share one, since reading the certificates takes 30 ms.
        network: the user's settings; by default there is no proxy, whatever the environment says.
        transport: sends the bytes in place of our own connections; the limits apply to it too.

    Raises:
        SettingsError: the settings use the environment's proxy, whose URL is invalid.
    """

    __slots__ = ("_echoes", "_rule", "_transport", "_trust")

    def __init__(
        self,
        trust: Trust,
        context: ssl.SSLContext,
        network: NetworkSettings = _DEFAULT_NETWORK,
        transport: Transport | None = None,
    ) -> None:
        self._trust = trust
        self._transport = transport or ConnectingTransport(context)
        self._rule = find_proxy(network, os.environ)
        self._echoes: dict[tuple[Secret, ...], Echoes] = {}

    async def send(  # noqa: PLR0913 - one request and the limits of its response
        self,
        request: Request,
        *,
        credentials: tuple[SecretHeader, ...] = (),
        body: SecretBody | None = None,
        deadline: float,
        max_body: int = MAX_BODY,
        place: Location | None = None,
    ) -> Response | Failure:
        """Send one request and read the whole response, of at most ``max_body`` bytes, within ``deadline`` seconds.

        Every credential is checked against the request's origin; if one is not allowed there, nothing is sent. ``body``
        replaces the request's own. ``place`` is where the origin is configured, for the message of that refusal.
        """
        named = (*(header.credential for header in credentials), *(() if body is None else body.credentials()))
        refusal = self._refuse(request, named, place) or check_request(request, credentials, body)
        if refusal is not None:
            return refusal
        route = RequestRoute(request.origin, self._rule.proxy_for(request.origin), deadline, max_body)
        echoes = self._find_echoes(tuple(credential.secret for credential in named))
        if body is not None:
            content = ("content-type", body.encoding.value)
            request = replace(request, headers=(*request.headers, content), body=body.reveal())
        try:
            sent = build_httpx_request(request, _list_headers(request, credentials), route)
            answer, whole = await fetch(self._transport, sent)
        except Exception as error:  # noqa: BLE001 - any error of a transport is the result of this request
            return explain_error(error, route)
        return Response(
            status=answer.status_code,
            headers={
                name: echoes.redact(value) for name, value in answer.headers.multi_items() if name != "content-encoding"
            },
            body=echoes.redact_bytes(whole),
            elapsed_ms=route.elapsed_ms(),
            echoes=echoes,
            answer=None if body is None else Secret(whole.decode("utf-8", "surrogateescape")),
        )

    def _refuse(self, request: Request, credentials: tuple[NamedSecret, ...], place: Location | None) -> Failure | None:
        for credential in credentials:
            verdict = decide(credential, request.origin, self._trust.bindings, self._trust.grants, place)
            if isinstance(verdict, Refused):
                return Failure(FailureKind.UNTRUSTED_ORIGIN, verdict.reason, verdict.hint)
        return None

    def _find_echoes(self, secrets: tuple[Secret, ...]) -> Echoes:
        """One per set of credentials: computing the spellings takes longer than sending a request."""
        if secrets not in self._echoes:
            self._echoes[secrets] = Echoes(tuple(secret for secret in secrets if not is_public_value(secret)))
        return self._echoes[secrets]


def create_tls_context(network: NetworkSettings = _DEFAULT_NETWORK) -> ssl.SSLContext:
    """TLS settings that verify every server against the bundled certificates and those of the settings.

    Made by hand because the defaults of ``ssl`` and httpx write the file ``SSLKEYLOGFILE``.

    Raises:
        SettingsError: the certificate file of the settings cannot be read.
    """
    import ssl

    import certifi

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # some systems build Python with an older minimum
    context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    named = network.ca_file
    path, origin = (
        (os.environ.get("SSL_CERT_FILE"), "SSL_CERT_FILE") if named == FROM_ENVIRONMENT else (named, "caFile")
    )
    if path:
        _add_authorities(context, os.path.expanduser(path), origin)
    return context


def _add_authorities(context: ssl.SSLContext, path: str, origin: str) -> None:
    import ssl

    try:
        context.load_verify_locations(path)
    except OSError as error:
        why = "it has no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        raise SettingsError(
            f"network.caFile: cannot read {path}: {why}",
            hint=f"set {origin} to a file of certificates in PEM format",
        ) from error


def _list_headers(request: Request, credentials: tuple[SecretHeader, ...]) -> Headers:
    secrets = [(header.name, header.prefix + header.credential.secret.reveal()) for header in credentials]
    given = {name.lower() for name, _ in (*request.headers, *secrets)}
    return [*(pair for pair in _FIXED_HEADERS if pair[0] not in given), *request.headers, *secrets]
