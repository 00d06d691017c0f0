"""Connections: bursts, slow addresses, TLS to the last byte, and early ends."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.net.hostile import answer, listen, repeat, say
from tests.net.sending import DEADLINE, HEAD, MIB, ask, body, kind, send
from tests.net.test_tls import serving, trusting
from text2llm.net.client import Client, create_tls_context
from text2llm.net.loop import run_async
from text2llm.net.message import Failure, FailureKind, Request, Response
from text2llm.net.stream import connect
from text2llm.trust.bindings import Bindings, Trust
from text2llm.trust.origin import Origin


def make_client() -> Client:
    return Client(Trust(Bindings()), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def test_a_hundred_requests_at_once_all_arrive() -> None:
    with listen(answer(b"{}")) as server:

        async def main() -> list[Response | Failure]:
            client = make_client()
            request = Request("GET", server.origin, "/")
            return await asyncio.gather(*(client.send(request, deadline=8) for _ in range(100)))

        assert [body(result) for result in run_async(main())] == [b"{}"] * 100


@contextmanager
def unanswered() -> Iterator[int]:
    """A port that neither accepts nor refuses connections: its queue is full."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)  # noqa: FBT003
            client.connect_ex(server.getsockname())
        yield server.getsockname()[1]
        for client in waiting:
            client.close()


def resolve_to(*ports: int) -> Callable[..., list[Any]]:
    """A name server that returns these ports of this machine."""
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]


def test_address_that_does_not_answer_does_not_hold_up_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with unanswered() as silent, listen(answer(b"{}")) as server:
        monkeypatch.setattr(socket, "getaddrinfo", resolve_to(silent, server.origin.port))
        assert body(send(Origin("http", "two.example", 80), deadline=5)) == b"{}"


def test_body_is_read_to_its_end_over_tls(certificates: Path) -> None:
    sent = bytes(range(256)) * 4096 * 5
    with listen(answer(sent), serving(certificates, "valid")) as server:
        assert body(send(server.origin, context=trusting(certificates, "valid"), deadline=8)) == sent


def test_body_without_a_length_ends_with_the_tls_connection(certificates: Path) -> None:
    with listen(say(HEAD + b"\r\n" + b"x" * MIB), serving(certificates, "valid")) as server:
        assert body(send(server.origin, context=trusting(certificates, "valid"), deadline=8)) == b"x" * MIB


def test_http_of_one_version_is_offered(certificates: Path) -> None:
    offered: list[str | None] = []
    context = serving(certificates, "valid")
    context.set_alpn_protocols(["h2", "http/1.1"])

    def script(connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        offered.append(connection.selected_alpn_protocol())
        answer(b"{}")(connection)

    trusting_us = create_tls_context()
    trusting_us.load_verify_locations(certificates / "valid.pem")
    with listen(script, context) as server:
        assert body(send(server.origin, context=trusting_us, deadline=5)) == b"{}"
    assert offered == ["http/1.1"]


def break_after(start: bytes) -> Callable[[socket.socket], None]:
    """A script that resets the connection."""

    def script(connection: socket.socket) -> None:
        connection.sendall(start)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return script


@pytest.mark.parametrize("start", [b"", HEAD, HEAD + b"content-length: 100\r\n\r\n{"])
def test_connection_that_breaks_is_a_network_failure(start: bytes) -> None:
    assert kind(ask(break_after(start), deadline=5)) is FailureKind.NETWORK


def test_server_that_speaks_before_the_handshake_has_no_tls() -> None:
    with listen(repeat(b"220 mail.example ESMTP\r\n", b"", 0.05), reads=False) as server:
        origin = Origin("https", "127.0.0.1", server.origin.port)
        assert kind(send(origin, context=create_tls_context(), deadline=5)) is FailureKind.TLS


def test_handshake_that_ends_early_is_a_network_failure() -> None:
    with listen(say(b""), reads=False) as server:
        origin = Origin("https", "127.0.0.1", server.origin.port)
        assert kind(send(origin, context=create_tls_context(), deadline=5)) is FailureKind.NETWORK


def test_handshake_that_breaks_is_a_network_failure() -> None:
    with listen(break_after(b""), reads=False) as server:
        origin = Origin("https", "127.0.0.1", server.origin.port)
        assert kind(send(origin, context=create_tls_context(), deadline=5)) is FailureKind.NETWORK


def test_answer_that_is_cut_off_is_incomplete_over_tls_too(certificates: Path) -> None:
    cut = say(HEAD + b"content-length: 10\r\n\r\n12345")
    with listen(cut, serving(certificates, "valid")) as server:
        result = send(server.origin, context=trusting(certificates, "valid"), deadline=5)
    assert kind(result) is FailureKind.INVALID_RESPONSE


def test_farewell_ends_a_body_without_a_length(certificates: Path) -> None:
    def script(connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        connection.sendall(HEAD + b"\r\n{}")
        connection.unwrap()

    with listen(script, serving(certificates, "valid")) as server:
        assert body(send(server.origin, context=trusting(certificates, "valid"), deadline=5)) == b"{}"


def test_nothing_more_comes_from_a_closed_stream() -> None:
    async def main(origin: Origin) -> bytes:
        stream = await connect(origin)
        stream.close()
        await asyncio.sleep(0.05)
        return await stream.read()

    with listen(answer(b"{}"), reads=False) as server:
        assert run_async(main(server.origin)) == b""


def test_request_that_is_cancelled_leaves_no_connection() -> None:
    ended = threading.Event()

    def wait_for_the_end(connection: socket.socket) -> None:
        connection.settimeout(10)
        with suppress(ConnectionResetError):  # an abrupt end is also an end
            assert connection.recv(1) == b""
        ended.set()

    async def main(origin: Origin) -> None:
        sending = asyncio.create_task(make_client().send(Request("GET", origin, "/"), deadline=30))
        await asyncio.sleep(0.3)
        sending.cancel()
        assert await asyncio.to_thread(ended.wait, 5)

    with listen(wait_for_the_end) as server:
        run_async(main(server.origin))
    assert ended.is_set()


def test_answer_after_a_few_interim_ones_is_read() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n"
    assert body(ask(say(early * 32 + HEAD + b"content-length: 2\r\n\r\n{}"))) == b"{}"
    assert kind(ask(say(early * 33 + HEAD + b"content-length: 2\r\n\r\n{}"))) is FailureKind.DEADLINE


@pytest.mark.parametrize(("size", "result"), [(1000, b"x" * 1000), (1001, FailureKind.INVALID_RESPONSE)])
def test_body_has_the_bound_that_the_caller_sets(size: int, result: object) -> None:
    async def main(origin: Origin) -> Response | Failure:
        client = make_client()
        return await client.send(Request("GET", origin, "/"), deadline=DEADLINE, max_body=1000)

    with listen(answer(b"x" * size)) as server:
        got = run_async(main(server.origin))
    assert (got.body if isinstance(got, Response) else got.kind) == result


@pytest.mark.parametrize(("method", "length"), [("GET", False), ("POST", True)])
def test_empty_body_has_a_length_where_servers_want_one(method: str, *, length: bool) -> None:
    with listen(answer(b"{}")) as server:
        assert body(send(server.origin, request=Request(method, server.origin, "/"))) == b"{}"
        assert (b"content-length: 0" in server.received[0].lower()) is length
