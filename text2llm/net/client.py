"""The one HTTP client, and the one function that sends bytes.

Limits hold whatever a server does: one deadline for name, connection, headers and body together; 8 MiB of body; no
redirect, no retry, no cookie; no proxy and nothing from the environment but what the user's settings ask for. A failure
is a value.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self, final

from text2llm import __version__
from text2llm.diagnostics import Location
from text2llm.net.body import BodyError, BodyReader
from text2llm.net.explain import explain_error, fail_deadline
from text2llm.net.message import Failure, FailureKind, Request, Response, SecretBody, SecretHeader, check_request
from text2llm.net.proxy import Proxy, find_proxy
from text2llm.net.redact import Redactor
from text2llm.secret import Secret
from text2llm.settings.model import FROM_ENVIRONMENT, NetworkSettings, SettingsError
from text2llm.trust.bindings import NamedSecret, Refused, Trust, decide
from text2llm.trust.public import is_public_value

if TYPE_CHECKING:
    import ssl

    import httpx

_READ_BYTES = 4096
_INTERIM = re.compile(rb"HTTP/[0-9]\.[0-9] 1[0-9]{2}")
_MAX_INTERIM = 32
#: Steps after which the bytes of the request's own server come from another stream.
_STREAM_EVENTS = frozenset(
    {"connection.connect_tcp.complete", "connection.start_tls.complete", "proxy.start_tls.complete"}
)
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
    """How far a request has come, and through which proxy: what a passed deadline means depends on it.

    ``foreign`` says whether the first bytes are of another protocol than HTTP, ``None`` before any.
    """

    started: float
    proxy: Proxy | None = None
    stream: Any = None
    interim: int = 0
    foreign: bool | None = None

    async def note(self, event: str, details: dict[str, Any]) -> None:
        """Called by the transport at each of its steps."""
        if event in _STREAM_EVENTS:
            self.stream, self.foreign = details["return_value"], None
            self.stream.read = partial(self._read, self.stream.read)

    async def _read(self, read: Callable[..., Awaitable[bytes]], max_bytes: int, **options: Any) -> bytes:
        """Read little at a time: what has been read is parsed without a pause, while every other probe waits."""
        data = await read(min(max_bytes, _READ_BYTES), **options)
        if self.foreign is None and data:
            self.foreign = not data.startswith(b"HTTP/"[: len(data)])
        self.interim += len(_INTERIM.findall(data))
        if self.interim > _MAX_INTERIM:
            await asyncio.Event().wait()  # it floods: read no more of it, and let the deadline come
        return data

    async def close(self) -> None:
        """Close the connection: the transport forgets one that is given up in the middle of a TLS handshake."""
        if self.stream is not None:
            await self.stream.aclose()

    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self.started) * 1000)


@final
class Client:
    """Sends requests under one set of grants. Each worker has one of its own: one pool for all is the slowest part.

    Args:
        trust: what decides which credential may go where.
        context: the TLS settings; share one, since reading the certificates costs 30 ms.
        network: the user's settings; without them there is no proxy, whatever the environment says.

    Raises:
        SettingsError: the settings want the environment's proxy, and that is no readable URL.
    """

    __slots__ = ("_rule", "_transport", "_trust", "_tunnel")

    def __init__(self, trust: Trust, context: ssl.SSLContext, network: NetworkSettings = _USUAL_NETWORK) -> None:
        self._trust = trust
        self._rule = find_proxy(network, os.environ)
        self._transport = _make_transport(context, None)
        self._tunnel = self._transport if self._rule.proxy is None else _make_transport(context, self._rule.proxy)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.aclose()
        await self._tunnel.aclose()

    async def send(
        self,
        request: Request,
        *,
        credentials: tuple[SecretHeader, ...] = (),
        body: SecretBody | None = None,
        deadline: float,
        place: Location | None = None,
    ) -> Response | Failure:
        """Send one request and read the whole answer, within ``deadline`` seconds.

        Every credential is checked against the request's origin here; one that is not bound to it, and no byte is
        sent. ``body`` takes the place of the request's own. ``place`` is where the origin was configured, for the
        message of that refusal.
        """
        named = (*(header.credential for header in credentials), *(() if body is None else body.credentials()))
        refusal = self._refuse(request, named, place) or check_request(request, credentials, body)
        if refusal is not None:
            return refusal
        progress = _Progress(time.monotonic(), self._rule.proxy_for(request.origin))
        secrets = (credential.secret for credential in named)
        if body is not None:
            content = ("content-type", body.encoding.value)
            request = replace(request, headers=(*request.headers, content), body=body.reveal())
        redactor = Redactor(tuple(secret for secret in secrets if not is_public_value(secret)))
        try:
            async with asyncio.timeout(deadline):
                response = await self._exchange(_build(request, credentials, progress), progress)
        except TimeoutError:
            return fail_deadline(
                _name_target(request, progress), progress.elapsed_ms(), begun=progress.stream is not None
            )
        except BodyError as error:
            return Failure(FailureKind.INVALID_RESPONSE, str(error), elapsed_ms=progress.elapsed_ms())
        except Exception as error:  # noqa: BLE001 - whatever a transport raises is this one request's result
            return explain_error(
                error, _name_target(request, progress), progress.elapsed_ms(), foreign=bool(progress.foreign)
            )
        answer = None if body is None else Secret(response.body.decode("utf-8", "surrogateescape"))
        return replace(_redact(response, redactor, progress), answer=answer)

    def _refuse(self, request: Request, credentials: tuple[NamedSecret, ...], place: Location | None) -> Failure | None:
        for credential in credentials:
            verdict = decide(credential, request.origin, self._trust.bindings, self._trust.grants, place)
            if isinstance(verdict, Refused):
                return Failure(FailureKind.UNTRUSTED_ORIGIN, verdict.reason, verdict.hint)
        return None

    async def _exchange(self, request: httpx.Request, progress: _Progress) -> Response:
        transport = self._transport if progress.proxy is None else self._tunnel
        try:
            answer = await transport.handle_async_request(request)
        except BaseException:
            await progress.close()
            raise
        try:
            headers = {name.lower(): value for name, value in answer.headers.multi_items()}
            encodings = ",".join(answer.headers.get_list("content-encoding"))
            reader = BodyReader(encodings)
            async for chunk in answer.stream:  # type: ignore[union-attr]
                reader.feed(chunk)
            return Response(answer.status_code, headers, reader.finish(), 0)
        finally:
            await answer.aclose()


def _make_transport(context: ssl.SSLContext, proxy: Proxy | None) -> httpx.AsyncHTTPTransport:
    """A transport, not a client: it keeps no cookies, follows nothing and reads no environment."""
    import httpx

    through = None
    if proxy is not None:
        login = proxy.login and (proxy.login[0], proxy.login[1].reveal())
        secured = context if proxy.origin.scheme == "https" else None
        through = httpx.Proxy(str(proxy.origin), auth=login, ssl_context=secured)
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.AsyncHTTPTransport(verify=context, trust_env=False, retries=0, limits=limits, proxy=through)


def create_tls_context(network: NetworkSettings = _USUAL_NETWORK) -> ssl.SSLContext:
    """TLS settings that verify every server: against the bundled certificates, and those that the settings add.

    They are made by hand: what ``ssl`` and httpx offer looks at ``SSLKEYLOGFILE`` and makes that file.

    Raises:
        SettingsError: the settings name a file of certificates that cannot be read.
    """
    import ssl

    import certifi

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
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


def _build(request: Request, credentials: tuple[SecretHeader, ...], progress: _Progress) -> httpx.Request:
    import httpx

    secrets = [(header.name, header.prefix + header.credential.secret.reveal()) for header in credentials]
    given = {name.lower() for name, _ in (*request.headers, *secrets)}
    fixed = [pair for pair in _FIXED_HEADERS if pair[0] not in given]
    return httpx.Request(
        request.method,
        f"{request.origin}{request.path}",
        headers=[*fixed, *request.headers, *secrets],
        content=request.body or None,
        extensions={"trace": progress.note},
    )


def _redact(response: Response, redactor: Redactor, progress: _Progress) -> Response:
    return replace(
        response,
        headers={name: redactor.clean_text(value) for name, value in response.headers.items()},
        body=redactor.clean_bytes(response.body),
        elapsed_ms=progress.elapsed_ms(),
        redactor=redactor,
    )


def _name_target(request: Request, progress: _Progress) -> str:
    return f"{request.origin}" + (f" through the proxy {progress.proxy.origin}" if progress.proxy else "")
