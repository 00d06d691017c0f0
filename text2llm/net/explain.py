"""Turn a transport's exception into a failure; its message quotes nothing from the server."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.net.body import BodyError
from text2llm.net.message import Failure, FailureKind
from text2llm.net.transport import RequestRoute

#: The status of a proxy that requires a login (RFC 9110, 15.5.8), and the hint.
_LOGIN_WANTED = "HTTP 407"
_PROXY_HINT = "add the proxy's user and password to `network.proxy` in your settings"
_LOST = (FailureKind.NETWORK, "the connection failed")
_NO_HTTP = (FailureKind.INVALID_RESPONSE, "the response is not complete, valid HTTP")
_NO_HOST = (FailureKind.HOST_NOT_FOUND, "host not found")
_NO_LOOKUP = (FailureKind.NETWORK, "the host name could not be looked up")


def explain_error(error: Exception, route: RequestRoute) -> Failure:
    """The failure of a request on a route for the exception that its transport raised."""
    elapsed = route.elapsed_ms()
    target = f"{route.origin}" + (f" through the proxy {route.proxy.origin}" if route.proxy else "")
    if isinstance(error, BodyError):
        return Failure(FailureKind.INVALID_RESPONSE, str(error), elapsed_ms=elapsed)
    if isinstance(error, TimeoutError) and route.connection is None:
        return Failure(FailureKind.CONNECT, f"timed out connecting to {target}", elapsed_ms=elapsed)
    if isinstance(error, TimeoutError):
        return Failure(FailureKind.DEADLINE, f"{target} did not respond in time", elapsed_ms=elapsed)
    lost = _NO_HTTP if route.foreign and type(error).__name__ == "RemoteProtocolError" else _LOST
    kind, message = next((found for cause in _causes(error) if (found := _classify(cause))), lost)
    if kind is FailureKind.REFUSED and route.proxy is not None:
        kind = FailureKind.NETWORK  # the proxy is the user's own network
    hint = _PROXY_HINT if message.endswith(_LOGIN_WANTED) else None
    return Failure(kind, f"{target}: {message}", hint, elapsed)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and its causes, the first cause last; groups are expanded."""
    pending: list[BaseException] = [error]
    while pending:
        current = pending.pop(0)
        yield current
        pending += current.exceptions if isinstance(current, BaseExceptionGroup) else ()
        context = None if current.__suppress_context__ else current.__context__
        pending += [cause for cause in (current.__cause__ or context,) if cause is not None]


def _classify(error: BaseException) -> tuple[FailureKind, str] | None:
    import socket
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        return FailureKind.TLS, f"the certificate is not valid ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return FailureKind.TLS, "the TLS handshake failed"
    if isinstance(error, socket.gaierror):
        gone = error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
        return _NO_HOST if gone else _NO_LOOKUP
    if isinstance(error, ConnectionRefusedError):
        return FailureKind.REFUSED, "the connection was refused"
    # By name, since only the transport imports the library.
    library = type(error).__module__.partition(".")[0]
    if (library, type(error).__name__) == ("httpcore", "ProxyError"):
        return FailureKind.NETWORK, f"the proxy refused to connect: HTTP {error.args[0]}"
    # h11 raises for invalid HTTP: garbage, too many headers, a truncated response.
    return _NO_HTTP if library == "h11" else None
