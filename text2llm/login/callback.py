"""The listener for the redirect (RFC 8252, 7.3): only the right path with the right state ends the wait.

Every other request gets a 404: other paths, other states, a second code, a browser's prefetch, other programs. A
connection has a few seconds and a few kilobytes; if there are too many, the oldest is closed.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from hmac import compare_digest

from text2llm.login.authorize import Redirect, read_query
from text2llm.login.errors import LoginError
from text2llm.login.terms import Issuer
from text2llm.secret import Secret

#: For the user to log in, in seconds.
LIMIT = 300.0
_PATIENCE = 5.0
_MOST_BYTES = 16 * 1024
_MOST_CONNECTIONS = 64
_TRIES = 20
_AHEAD = ("purpose", "sec-purpose", "x-moz", "x-purpose")
_NO_IPV6 = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})
_HEADERS = (
    "content-type: text/html; charset=utf-8",
    "cache-control: no-store",
    "referrer-policy: no-referrer",
    "x-content-type-options: nosniff",
    "content-security-policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "connection: close",
)
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>text2llm</title>'
    '<body style="font: 1.2em sans-serif; margin: 20vh auto; max-width: 30em; text-align: center">'
    "<h1>{text}</h1><p>Close this page and return to the terminal.</p></body></html>"
)


def _make_page(text: str) -> bytes:
    return _respond("200 OK", _PAGE.format(text=text))


def _respond(status: str, body: str) -> bytes:
    data = body.encode()
    head = "\r\n".join((f"HTTP/1.1 {status}", *_HEADERS, f"content-length: {len(data)}"))
    return f"{head}\r\n\r\n".encode() + data


_NOT_FOUND = _respond("404 Not Found", "")


@dataclass(eq=False, slots=True)
class Listener:
    """An open listener. ``state_in_path``: the state is the last segment of the path, not in the query.

    ``issuer`` is the one that must respond, ``None`` where it is unknown.
    """

    redirect: Redirect
    port: int
    state: str = field(repr=False)
    state_in_path: bool
    issuer: Issuer | None
    outcome: asyncio.Future[Secret] = field(default_factory=asyncio.Future)
    connections: dict[asyncio.Task[None], socket.socket] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.redirect.url(self.port)

    async def wait(self, limit: float = LIMIT) -> Secret:
        """The code in the redirect.

        Raises:
            LoginError: the provider denied the login, or it took more than ``limit`` seconds.
        """
        try:
            async with asyncio.timeout(limit):
                return await asyncio.shield(self.outcome)
        except TimeoutError:
            raise LoginError(
                f"the login was not completed within {limit:g} seconds",
                hint="run the command again, or use --method paste-code",
            ) from None

    def accept(self, listening: socket.socket) -> None:
        """Accept a connection and serve it in its own task."""
        try:
            connection, _ = listening.accept()
        except OSError:
            return  # already closed
        connection.setblocking(False)  # noqa: FBT003 - the socket's own interface
        if len(self.connections) >= _MOST_CONNECTIONS:
            next(iter(self.connections)).cancel()
        task = asyncio.get_running_loop().create_task(self._serve(connection))
        self.connections[task] = connection
        task.add_done_callback(lambda done: self.connections.pop(done).close())

    async def close(self) -> None:
        """Close every connection, and ignore a late redirect."""
        if not self.outcome.cancel():
            self.outcome.exception()  # or asyncio reports an error that was not retrieved
        for task in self.connections:
            task.cancel()
        if self.connections:
            await asyncio.wait(self.connections)

    async def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):  # including TimeoutError
            async with asyncio.timeout(_PATIENCE):
                head = await _read_head(connection)
                if head is not None:
                    await asyncio.get_running_loop().sock_sendall(connection, self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines[1:])
        query = self._match(lines[0], {name.strip().lower(): value.strip() for name, _, value in pairs})
        if query is None or self.outcome.done():
            return _NOT_FOUND
        try:
            code = read_query(query, None if self.state_in_path else self.state, self.issuer)
        except LoginError as error:
            self.outcome.set_exception(error)
            return _make_page("The provider refused the login.")
        if code is None:
            return _NOT_FOUND
        self.outcome.set_result(code)
        return _make_page("The browser step is done.")

    def _match(self, line: str, headers: dict[str, str]) -> str | None:
        """The query if the request is the redirect, else ``None``."""
        method, _, rest = line.partition(" ")
        target, _, version = rest.rpartition(" ")
        path, _, query = target.partition("?")
        hosts = {f"{host}:{self.port}" for host in ("127.0.0.1", "localhost", "[::1]")}
        # A prefetched page may never be shown; the visit itself follows.
        ahead = any(word in headers.get(name, "").lower() for name in _AHEAD for word in ("prefetch", "preview"))
        wanted = method == "GET" and version.startswith("HTTP/1.") and headers.get("host", "").lower() in hosts
        root = self.redirect.path
        expected = f"{root.rstrip('/')}/{self.state}" if self.state_in_path else root
        is_path = compare_digest(path.encode("latin-1"), expected.encode())
        return query if wanted and not ahead and is_path else None


@asynccontextmanager
async def listen(
    redirect: Redirect, state: str, *, state_in_path: bool, issuer: Issuer | None = None
) -> AsyncIterator[Listener]:
    """A listener at the redirect's address, closed at the end of the block.

    Raises:
        LoginError: the address is in use.
    """
    # Not an asyncio server: closing one with open connections prints tracebacks.
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        sockets = [stack.enter_context(each) for each in _bind(redirect)]
        listener = Listener(redirect, sockets[0].getsockname()[1], state, state_in_path, issuer)
        for each in sockets:
            loop.add_reader(each, listener.accept, each)
        try:
            yield listener
        finally:
            for each in sockets:
                loop.remove_reader(each)
            await listener.close()


def _bind(redirect: Redirect) -> list[socket.socket]:
    """The sockets for a redirect; for ``localhost`` of both families, so that no other program gets the code."""
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
            return [first]  # the machine has no such address
        first.close()
        raise


def _open_socket(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A fixed port stays usable while connections of the last login linger (TIME_WAIT).
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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


async def _read_head(connection: socket.socket) -> bytes | None:
    """The head of a request; ``None`` if it is incomplete."""
    loop, read = asyncio.get_running_loop(), b""
    while len(read) < _MOST_BYTES:
        block = await loop.sock_recv(connection, 4096)
        if not block:
            break
        read += block
        head, end, _ = read.partition(b"\r\n\r\n")
        if end:
            return head
    return None
