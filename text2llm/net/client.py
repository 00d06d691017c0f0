"""The one HTTP client, and the one function that sends bytes.

Limits hold whatever a server does: one deadline for name, connection, headers and body together; 8 MiB of body; no
redirect, no retry, no cookie; no proxy and nothing from the environment but what the user's settings ask for. A failure
is a value.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

from text2llm import __version__
from text2llm.diagnostics import Location
from text2llm.net.body import MAX_BODY, BodyError
from text2llm.net.explain import explain_error, fail_deadline
from text2llm.net.message import Failure, FailureKind, Request, Response, SecretBody, SecretHeader, check_request
from text2llm.net.proxy import find_proxy
from text2llm.net.transport import (
    ConnectingTransport,
    Headers,
    LimitedTransport,
    Limits,
    Route,
    Transport,
    build_request,
    read_whole,
)
from text2llm.redaction.echoes import Echoes
from text2llm.secret import Secret
from text2llm.settings.model import FROM_ENVIRONMENT, NetworkSettings, SettingsError
from text2llm.trust.bindings import NamedSecret, Refused, Trust, decide
from text2llm.trust.public import is_public_value

if TYPE_CHECKING:
    import ssl

_USUAL_NETWORK = NetworkSettings()
_FIXED_HEADERS = (
    ("user-agent", f"text2llm/{__version__}"),
    ("accept", "application/json"),
    ("accept-encoding", "gzip, deflate"),
    ("connection", "close"),
)


@final
@dataclass(slots=True)
class _Progress:
    """How far a request has come, and on which route: what a passed deadline means depends on it."""

    started: float
    route: Route

    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self.started) * 1000)


@final
class Client:
    """Sends requests under one set of grants, each over a connection of its own; any number at once.

    Args:
        trust: what decides which credential may go where.
        context: the TLS settings; share one, since reading the certificates costs 30 ms.
        network: the user's settings; without them there is no proxy, whatever the environment says.
        transport: what sends the bytes, in place of connections of our own; the limits hold for it too.

    Raises:
        SettingsError: the settings want the environment's proxy, and that is no readable URL.
    """

    __slots__ = ("_echoes", "_rule", "_transport", "_trust")

    def __init__(
        self,
        trust: Trust,
        context: ssl.SSLContext,
        network: NetworkSettings = _USUAL_NETWORK,
        transport: Transport | None = None,
    ) -> None:
        self._trust = trust
        self._transport = LimitedTransport(transport or ConnectingTransport(context))
        self._rule = find_proxy(network, os.environ)
        self._echoes: dict[tuple[Secret, ...], Echoes] = {}

    async def send(  # noqa: PLR0913 - one request, and the bounds of its answer
        self,
        request: Request,
        *,
        credentials: tuple[SecretHeader, ...] = (),
        body: SecretBody | None = None,
        deadline: float,
        max_body: int = MAX_BODY,
        place: Location | None = None,
    ) -> Response | Failure:
        """Send one request and read the whole answer, of at most ``max_body`` bytes, within ``deadline`` seconds.

        Every credential is checked against the request's origin here; one that is not bound to it, and no byte is
        sent. ``body`` takes the place of the request's own. ``place`` is where the origin was configured, for the
        message of that refusal.
        """
        named = (*(header.credential for header in credentials), *(() if body is None else body.credentials()))
        refusal = self._refuse(request, named, place) or check_request(request, credentials, body)
        if refusal is not None:
            return refusal
        progress = _Progress(time.monotonic(), Route(request.origin, self._rule.proxy_for(request.origin)))
        echoes = self._find_echoes(tuple(credential.secret for credential in named))
        if body is not None:
            content = ("content-type", body.encoding.value)
            request = replace(request, headers=(*request.headers, content), body=body.reveal())
        try:
            sent = build_request(
                request, _list_headers(request, credentials), progress.route, Limits(deadline, max_body)
            )
            answer = await self._transport.handle_async_request(sent)
        except TimeoutError:
            begun = progress.route.connection is not None
            return fail_deadline(_name_target(request, progress), progress.elapsed_ms(), begun=begun)
        except BodyError as error:
            return Failure(FailureKind.INVALID_RESPONSE, str(error), elapsed_ms=progress.elapsed_ms())
        except Exception as error:  # noqa: BLE001 - whatever a transport raises is this one request's result
            return explain_error(
                error, _name_target(request, progress), progress.elapsed_ms(), foreign=bool(progress.route.foreign)
            )
        whole = read_whole(answer)
        return Response(
            status=answer.status_code,
            headers={name: echoes.redact(value) for name, value in answer.headers.multi_items()},
            body=echoes.redact_bytes(whole),
            elapsed_ms=progress.elapsed_ms(),
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
        """One for each credential: it learns the spellings once, which takes longer than to send a request."""
        if secrets not in self._echoes:
            self._echoes[secrets] = Echoes(tuple(secret for secret in secrets if not is_public_value(secret)))
        return self._echoes[secrets]


def create_tls_context(network: NetworkSettings = _USUAL_NETWORK) -> ssl.SSLContext:
    """TLS settings that verify every server: against the bundled certificates, and those that the settings add.

    They are made by hand: what ``ssl`` and httpx offer looks at ``SSLKEYLOGFILE`` and makes that file.

    Raises:
        SettingsError: the settings name a file of certificates that cannot be read.
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
        why = "it holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        raise SettingsError(
            f"network.caFile: cannot read {path}: {why}",
            hint=f"mend {origin}: it must name a file of certificates in PEM form",
        ) from error


def _list_headers(request: Request, credentials: tuple[SecretHeader, ...]) -> Headers:
    secrets = [(header.name, header.prefix + header.credential.secret.reveal()) for header in credentials]
    given = {name.lower() for name, _ in (*request.headers, *secrets)}
    return [*(pair for pair in _FIXED_HEADERS if pair[0] not in given), *request.headers, *secrets]


def _name_target(request: Request, progress: _Progress) -> str:
    proxy = progress.route.proxy
    return f"{request.origin}" + (f" through the proxy {proxy.origin}" if proxy else "")
