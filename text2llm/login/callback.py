"""The listener that a browser comes back to (RFC 8252, 7.3): only the right path with the right state ends the wait.

Everything else that knocks is answered 404 and forgotten: other paths, other states, a second code, what a browser
fetches ahead, what other programs try. A connection has a few seconds and a few kilobytes.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from hmac import compare_digest

from text2llm.login.authorize import Redirect, read_query
from text2llm.login.errors import LoginError
from text2llm.login.pages import NOT_FOUND, page_of
from text2llm.secret import Secret

#: How long a person may take, in seconds.
LIMIT = 300.0
_PATIENCE = 5.0
_MOST_BYTES = 16 * 1024
_MOST_CONNECTIONS = 64
_TRIES = 20
_AHEAD = ("purpose", "sec-purpose", "x-moz", "x-purpose")
_NO_IPV6 = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})


@dataclass(eq=False, slots=True)
class Listener:
    """A listener that is open. ``state_in_path``: the state is the last segment of the path, not in the query."""

    redirect: Redirect
    port: int
    state: str
    state_in_path: bool
    outcome: asyncio.Future[Secret] = field(default_factory=asyncio.Future)
    connections: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The redirect URL, without a state."""
        return self.redirect.url(self.port)

    async def wait(self, limit: float = LIMIT) -> Secret:
        """The code that the browser brings.

        Raises:
            LoginError: the provider said no, or nobody came within ``limit`` seconds.
        """
        try:
            async with asyncio.timeout(limit):
                return await asyncio.shield(self.outcome)
        except TimeoutError:
            raise LoginError(
                f"nobody logged in within {limit:g} seconds", hint="run the command again, or use --method paste-code"
            ) from None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection and close it."""
        self.connections.add(writer)
        try:
            if len(self.connections) <= _MOST_CONNECTIONS:
                async with asyncio.timeout(_PATIENCE):
                    writer.write(self._answer(await _read_head(reader)))
                    await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever that was, it was not the browser
        finally:
            self.connections.discard(writer)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _answer(self, head: bytes) -> bytes:
        lines = head.decode("latin-1").split("\r\n")
        query = self._match(lines[0], _parse_headers(lines[1:]))
        if query is None or self.outcome.done():
            return NOT_FOUND
        try:
            code = read_query(query, None if self.state_in_path else self.state)
        except LoginError as error:
            self.outcome.set_exception(error)
            return page_of("The provider refused the login.")
        if code is None:
            return NOT_FOUND
        self.outcome.set_result(code)
        return page_of("You are logged in.")

    def _match(self, line: str, headers: dict[str, str]) -> str | None:
        """The query of a request that is for us; ``None`` for any other."""
        method, _, rest = line.partition(" ")
        target, _, version = rest.rpartition(" ")
        path, _, query = target.partition("?")
        hosts = {f"{host}:{self.port}" for host in ("127.0.0.1", "localhost", "[::1]")}
        # What is fetched ahead may never be shown: the visit itself follows.
        ahead = any("prefetch" in headers.get(name, "") or "preview" in headers.get(name, "") for name in _AHEAD)
        wanted = method == "GET" and version.startswith("HTTP/1.") and headers.get("host", "").lower() in hosts
        return query if wanted and not ahead and self._is_path(path) else None

    def _is_path(self, path: str) -> bool:
        expected = self.redirect.path
        if self.state_in_path:
            expected = f"{expected.rstrip('/')}/{self.state}"
        return compare_digest(path.encode("latin-1"), expected.encode())


@asynccontextmanager
async def listen(redirect: Redirect, state: str, *, state_in_path: bool) -> AsyncIterator[Listener]:
    """A listener at the redirect's address, closed at the end of the block.

    Raises:
        LoginError: the address is in use.
    """
    sockets = _bind(redirect)
    listener = Listener(redirect, sockets[0].getsockname()[1], state, state_in_path)
    servers = [await asyncio.start_server(listener.serve, sock=each, limit=_MOST_BYTES) for each in sockets]
    try:
        yield listener
    finally:
        for server in servers:
            server.close()
        for writer in tuple(listener.connections):
            writer.transport.abort()
        while listener.connections:
            await asyncio.sleep(0)
        if listener.outcome.done() and not listener.outcome.cancelled():
            listener.outcome.exception()  # an answer that came too late is nobody's error


def _bind(redirect: Redirect) -> list[socket.socket]:
    """The sockets for a redirect: for ``localhost`` those of both families, so that nobody else gets what is sent."""
    for _ in range(_TRIES):
        try:
            return _bind_once(redirect)
        except OSError as error:
            if redirect.port is not None:
                raise _explain_bind(redirect, error) from None
    raise LoginError("no free port was found on this machine", hint="use --method paste-code")


def _bind_once(redirect: Redirect) -> list[socket.socket]:
    if redirect.host == "[::1]":
        return [_open_socket(socket.AF_INET6, "::1", redirect.port or 0)]
    first = _open_socket(socket.AF_INET, "127.0.0.1", redirect.port or 0)
    if redirect.host == "127.0.0.1":
        return [first]
    try:
        return [first, _open_socket(socket.AF_INET6, "::1", first.getsockname()[1])]
    except OSError as error:
        if error.errno in _NO_IPV6:
            return [first]  # nobody can hold an address that the machine does not have
        first.close()
        raise


def _open_socket(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family is socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((host, port))
        opened.listen(_MOST_CONNECTIONS)
        opened.setblocking(False)  # noqa: FBT003 - the socket's own interface
    except OSError:
        opened.close()
        raise
    return opened


def _explain_bind(redirect: Redirect, error: OSError) -> LoginError:
    return LoginError(
        f"the provider sends the browser to port {redirect.port} of this machine, and it cannot be used:"
        f" {error.strerror}",
        hint="stop the program that uses it (another login?), or use --method paste-code",
    )


async def _read_head(reader: asyncio.StreamReader) -> bytes:
    return (await reader.readuntil(b"\r\n\r\n")).removesuffix(b"\r\n\r\n")


def _parse_headers(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
