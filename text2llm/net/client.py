"""The one HTTP client, and the one function that sends bytes.

Limits hold whatever a server does: one deadline for name, connection, headers and body together; 8 MiB of body; no
redirect, no retry, no cookie, no proxy, nothing from the environment. A failure is a value.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self, final

from text2llm import __version__
from text2llm.diagnostics import Location
from text2llm.net.body import BodyError, BodyReader
from text2llm.net.message import Failure, FailureKind, Request, Response, SecretBody, SecretHeader, check_request
from text2llm.net.redact import Redactor
from text2llm.trust.bindings import NamedSecret, Refused, Trust, decide
from text2llm.trust.public import is_public_value

if TYPE_CHECKING:
    import ssl

    import httpx

_READ_BYTES = 4096
_INTERIM = re.compile(rb"HTTP/[0-9]\.[0-9] 1[0-9]{2}")
_MAX_INTERIM = 32
_FIXED_HEADERS = (
    ("user-agent", f"text2llm/{__version__}"),
    ("accept", "application/json"),
    ("accept-encoding", "gzip, deflate"),
    ("connection", "close"),
)


@final
@dataclass(slots=True)
class _Progress:
    """How far a request has come: what a passed deadline means depends on it.

    ``foreign`` says whether the first bytes are of another protocol than HTTP, ``None`` before any.
    """

    started: float
    stream: Any = None
    interim: int = 0
    foreign: bool | None = None

    async def note(self, event: str, details: dict[str, Any]) -> None:
        """Called by the transport at each of its steps."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self.stream = details["return_value"]
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
    """

    __slots__ = ("_transport", "_trust")

    def __init__(self, trust: Trust, context: ssl.SSLContext) -> None:
        import httpx

        self._trust = trust
        # A transport, not a client: it keeps no cookies, follows nothing and reads no environment.
        self._transport = httpx.AsyncHTTPTransport(
            verify=context, trust_env=False, retries=0, limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.aclose()

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
        refusal = self._refuse(request, named, place) or check_request(request, credentials)
        if refusal is not None:
            return refusal
        progress = _Progress(time.monotonic())
        secrets = (credential.secret for credential in named)
        if body is not None:
            content = ("content-type", body.encoding.value)
            request = replace(request, headers=(*request.headers, content), body=body.reveal())
        redactor = Redactor(tuple(secret for secret in secrets if not is_public_value(secret)))
        try:
            async with asyncio.timeout(deadline):
                response = await self._exchange(_build(request, credentials, progress), progress)
        except TimeoutError:
            return _fail_deadline(request, progress)
        except BodyError as error:
            return Failure(FailureKind.INVALID_RESPONSE, str(error), elapsed_ms=progress.elapsed_ms())
        except Exception as error:  # noqa: BLE001 - whatever a transport raises is this one request's result
            return _explain(error, request, progress)
        return _redact(response, redactor, progress)

    def _refuse(self, request: Request, credentials: tuple[NamedSecret, ...], place: Location | None) -> Failure | None:
        for credential in credentials:
            verdict = decide(credential, request.origin, self._trust.bindings, self._trust.grants, place)
            if isinstance(verdict, Refused):
                return Failure(FailureKind.UNTRUSTED_ORIGIN, verdict.reason, verdict.hint)
        return None

    async def _exchange(self, request: httpx.Request, progress: _Progress) -> Response:
        try:
            answer = await self._transport.handle_async_request(request)
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


def create_tls_context() -> ssl.SSLContext:
    """TLS settings that verify every server against the bundled certificates, whatever the environment says."""
    import httpx

    context = httpx.create_ssl_context(trust_env=False)
    context.keylog_filename = None  # type: ignore[assignment]  # else SSLKEYLOGFILE decides
    return context


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


def _fail_deadline(request: Request, progress: _Progress) -> Failure:
    elapsed = progress.elapsed_ms()
    if progress.stream is not None:
        return Failure(FailureKind.DEADLINE, f"{request.origin} did not answer in time", elapsed_ms=elapsed)
    return Failure(FailureKind.CONNECT, f"no connection to {request.origin} in time", elapsed_ms=elapsed)


def _explain(error: Exception, request: Request, progress: _Progress) -> Failure:
    import httpx

    lost = _NO_HTTP if progress.foreign and isinstance(error, httpx.RemoteProtocolError) else _LOST
    kind, words = next((found for cause in _causes(error) if (found := _recognise(cause))), lost)
    return Failure(kind, f"{request.origin}: {words}", elapsed_ms=progress.elapsed_ms())


_LOST = (FailureKind.NETWORK, "the connection failed")
_NO_HTTP = (FailureKind.INVALID_RESPONSE, "the answer is no complete HTTP response")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it, the first cause last; groups are opened."""
    pending: list[BaseException] = [error]
    while pending:
        current = pending.pop(0)
        yield current
        pending += current.exceptions if isinstance(current, BaseExceptionGroup) else ()
        pending += [cause for cause in (current.__cause__ or current.__context__,) if cause is not None]


def _recognise(error: BaseException) -> tuple[FailureKind, str] | None:
    import socket
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        return FailureKind.TLS, f"the certificate is not valid ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return FailureKind.TLS, "no secure connection could be made"
    if isinstance(error, socket.gaierror):
        gone = error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
        return (
            (FailureKind.HOST_NOT_FOUND, "there is no such host")
            if gone
            else (
                FailureKind.NETWORK,
                "the host name could not be looked up",
            )
        )
    if isinstance(error, ConnectionRefusedError):
        return FailureKind.NETWORK, "the connection was refused"
    # h11 raises when an answer breaks the rules of HTTP: garbage, too many headers, an end before the end.
    if type(error).__module__.partition(".")[0] == "h11":
        return _NO_HTTP
    return None
