"""The client against misbehaving servers: it ends in time, with the right kind of failure."""

from __future__ import annotations

import asyncio
import gzip
import json
import resource
import socket
import ssl
import time
import zlib
from pathlib import Path

import pytest

from tests.net.hostile import Listener, Script, answer, listen, repeat, say
from tests.net.sending import DEADLINE, HEAD, HEADER, KEY, MIB, NAME, ask, body, kind, send
from text2llm import __version__
from text2llm.net.client import Client, create_tls_context
from text2llm.net.loop import run_async
from text2llm.net.message import Failure, FailureKind, Request, Response, SecretHeader
from text2llm.secret import Secret
from text2llm.trust.bindings import Bindings, CredentialKind, CredentialName, NamedSecret, Trust
from text2llm.trust.origin import Origin, parse_origin


def test_request_is_what_was_asked_for_and_honest() -> None:
    with listen(answer(b'{"a": 1}')) as server:
        result = send(server.origin)
        head, _, sent = server.received[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /v1/x HTTP/1.1"
    assert sorted(line.lower() for line in lines[1:]) == sorted(
        [
            f"host: 127.0.0.1:{server.origin.port}",
            f"user-agent: text2llm/{__version__}",
            "accept: application/json",
            "accept-encoding: gzip, deflate",
            "connection: close",
            "content-type: application/json",
            "content-length: 2",
            f"authorization: bearer {KEY}",
        ]
    )
    assert sent == b"{}"
    assert body(result) == b'{"a": 1}'


def test_no_cookie_is_kept_between_requests() -> None:
    with listen(answer(b"{}", b"set-cookie: a=b")) as server:

        async def twice() -> None:
            client = Client(Trust(Bindings()), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
            for _ in range(2):
                await client.send(Request("GET", server.origin, "/"), deadline=DEADLINE)

        run_async(twice())
        assert len(server.received) == 2
        assert b"cookie" not in server.received[1].lower()


def test_environment_names_no_proxy_and_no_certificates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with listen(answer(b"proxy")) as proxy, listen(answer(b"server")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, str(proxy.origin))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
        assert body(send(server.origin, context=create_tls_context())) == b"server"
        assert proxy.connections == 0


SLOW: dict[str, Script] = {
    "no answer": repeat(b"", b"", 0.05),
    "slow headers": repeat(HEAD, b"x-a: 1\r\n", 0.05),
    "slow header line": repeat(HEAD + b"x-a: ", b"1", 0.05),
    "slow body": repeat(HEAD + b"content-length: 1000000\r\n\r\n", b"x", 0.05),
    "slow chunks": repeat(HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.05),
    "slow interim answers": repeat(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05),
    "interim flood": repeat(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
}


@pytest.mark.parametrize("name", SLOW)
def test_slow_server_ends_at_the_deadline(name: str) -> None:
    assert kind(ask(SLOW[name])) is FailureKind.DEADLINE


BOMB = gzip.compress(bytes(64 * MIB))
BROKEN: dict[str, Script] = {
    "a megabyte of headers": repeat(HEAD, b"x-a: " + b"1" * 8000 + b"\r\n"),
    "one endless header": repeat(HEAD + b"x-a: ", b"1" * 65536),
    "infinite body": repeat(HEAD + b"\r\n", b"x" * 65536),
    "infinite chunks": repeat(HEAD + b"transfer-encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
    "tiny chunks": repeat(HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 10_000),
    "announced too large": answer(b"x" * (8 * MIB + 1)),
    "not HTTP": say(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "cut in the body": say(HEAD + b"content-length: 10\r\n\r\n12345"),
    "cut in a chunk": say(HEAD + b"transfer-encoding: chunked\r\n\r\nA\r\n12345"),
    "two lengths": say(HEAD + b"content-length: 1\r\ncontent-length: 2\r\n\r\nab"),
    "bad gzip": answer(b"no gzip at all", b"content-encoding: gzip"),
    "truncated gzip": answer(gzip.compress(b"x" * 100)[:-12], b"content-encoding: gzip"),
    "many gzip members": answer(gzip.compress(b"{}") * 17, b"content-encoding: gzip"),
    "something after gzip": answer(gzip.compress(b"{}") + b"more", b"content-encoding: gzip"),
    "bad deflate": answer(b"\xff" * 100, b"content-encoding: deflate"),
    "gzip bomb": answer(BOMB, b"content-encoding: gzip"),
    "deflate bomb": answer(zlib.compress(bytes(64 * MIB)), b"content-encoding: deflate"),
    "triple gzip": answer(gzip.compress(gzip.compress(BOMB)), b"content-encoding: gzip, gzip, gzip"),
    "two encodings in two headers": answer(b"{}", b"content-encoding: gzip", b"content-encoding: gzip"),
    "an encoding that was not offered": answer(b"{}", b"content-encoding: br"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_answer_is_invalid_and_costs_little_memory(name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert kind(ask(BROKEN[name], deadline=5)) is FailureKind.INVALID_RESPONSE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


@pytest.mark.parametrize(
    "script",
    [
        say(b"HTTP/1.1 429 Too Many\r\nretry-after: 7\r\ncontent-length: 10\r\n\r\n12345"),
        say(b"HTTP/1.1 429 Too Many\r\nretry-after: 7\r\ntransfer-encoding: chunked\r\n\r\nA\r\n12345"),
        answer(gzip.compress(b"{}")[:-4], b"retry-after: 7", b"content-encoding: gzip", status=b"429 Too Many"),
        answer(b"{}", b"retry-after: 7", b"content-encoding: br", status=b"429 Too Many"),
        answer(b"x" * (8 * MIB + 1), b"retry-after: 7", status=b"429 Too Many"),
    ],
)
def test_the_status_of_an_error_is_kept_if_its_body_cannot_be_read(script: Script) -> None:
    result = ask(script, deadline=5)
    assert isinstance(result, Response)
    assert (result.status, result.headers["retry-after"], result.body) == (429, "7", b"")


@pytest.mark.parametrize(
    "script",
    [
        answer(gzip.compress(b'{"a": 1}'), b"content-encoding: gzip"),
        answer(gzip.compress(b'{"a": 1}'), b"Content-Encoding: X-GZIP"),
        answer(gzip.compress(b'{"a"') + gzip.compress(b": 1}"), b"content-encoding: gzip"),
        answer(zlib.compress(b'{"a": 1}'), b"content-encoding: deflate"),
        answer(zlib.compress(b'{"a": 1}', wbits=-15), b"content-encoding: deflate"),
        answer(b'{"a": 1}', b"content-encoding: identity"),
        say(HEAD + b"transfer-encoding: chunked\r\n\r\n8\r\n", b'{"a": 1}\r\n0\r\n\r\n'),
        say(HEAD + b'\r\n{"a": 1}'),
        say(b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n{"a": 1}'),
        answer(b'{"a": 1}', b"content-type: application/json; charset=utf-16"),
    ],
)
def test_good_answer_is_read_in_every_form(script: Script) -> None:
    assert body(ask(script)) == b'{"a": 1}'


def test_a_body_of_eight_mebibytes_is_read() -> None:
    assert body(ask(answer(b"x" * 8 * MIB), deadline=5)) == b"x" * 8 * MIB


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Temporary", b"308 Permanent"])
def test_redirect_is_an_answer_and_not_followed(status: bytes) -> None:
    with listen(answer(b"")) as elsewhere:
        location = b"location: " + str(elsewhere.origin).encode() + b"/"
        with listen(answer(b"", location, status=status)) as server:
            result = send(server.origin)
            assert server.connections == 1
        assert isinstance(result, Response)
        assert result.status == int(status[:3])
        assert elsewhere.connections == 0


@pytest.mark.parametrize("said", [b"{}", b"SSH-2.0-x\r\n", b"H"], ids=["JSON", "SSH", "one-byte"])
def test_other_protocols_are_distinguished_from_a_lost_connection(said: bytes) -> None:
    expected = FailureKind.NETWORK if said == b"H" else FailureKind.INVALID_RESPONSE
    assert kind(ask(say(said))) is expected


@pytest.mark.parametrize("said", [b"", HEAD + b"content-le"])
def test_connection_that_closes_before_an_answer_is_a_network_failure(said: bytes) -> None:
    assert kind(ask(say(said))) is FailureKind.NETWORK


def test_closed_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    result = send(Origin("http", "127.0.0.1", port))
    assert kind(result) is FailureKind.REFUSED
    assert isinstance(result, Failure)
    assert result.message == f"http://127.0.0.1:{port}: the connection was refused"


def test_full_backlog_is_a_failure_to_connect() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = server.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)  # noqa: FBT003
            client.connect_ex(address)
        time.sleep(0.05)
        result = send(Origin("http", "127.0.0.1", address[1]))
        for client in waiting:
            client.close()
    assert kind(result) is FailureKind.CONNECT


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (socket.EAI_NONAME, FailureKind.HOST_NOT_FOUND),
        (socket.EAI_AGAIN, FailureKind.NETWORK),
    ],
)
def test_name_that_cannot_be_resolved(monkeypatch: pytest.MonkeyPatch, number: int, expected: FailureKind) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise socket.gaierror(number, "no")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert kind(send(parse_origin("https://api.example.com"))) is expected


def test_hanging_name_server_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3))
    assert kind(send(parse_origin("https://api.example.com"))) is FailureKind.CONNECT


def test_untrusted_origin_gets_no_connection() -> None:
    with listen(answer(b"{}")) as sink:
        result = send(sink.origin, grants=())
        assert sink.connections == 0
    assert kind(result) is FailureKind.UNTRUSTED_ORIGIN
    assert isinstance(result, Failure)
    assert "env:LAB_API_KEY is not bound to" in result.message
    assert "text2llm.yaml:7:3" in result.message


def test_one_untrusted_credential_of_two_stops_the_request() -> None:
    other = SecretHeader("x-other", "", NamedSecret(CredentialName(CredentialKind.ENV, "OTHER"), Secret("value-of-it")))
    with listen(answer(b"{}")) as sink:
        assert kind(send(sink.origin, credentials=(HEADER, other))) is FailureKind.UNTRUSTED_ORIGIN
        assert sink.connections == 0


@pytest.mark.parametrize("value", ["", "a\r\nx: y", "a\nb", "a\x00b", "käse", " padded", "a\x7f", "x" * 20_000])
def test_credential_that_no_header_can_carry_is_not_sent(value: str) -> None:
    with listen(answer(b"{}")) as sink:
        header = SecretHeader("x-api-key", "", NamedSecret(NAME, Secret(value)))
        result = send(sink.origin, credentials=(header,))
        assert sink.connections == 0
    assert kind(result) is FailureKind.UNSENDABLE_CREDENTIAL
    assert isinstance(result, Failure)
    assert not value or value not in result.message


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1 HTTP/1.1\r\nx: y", ()),
        ("v1", ()),
        ("/ä", ()),
        ("/", (("Host", "evil.example"),)),
        ("/", (("transfer-encoding", "chunked"),)),
        ("/", (("x-a", "1"), ("X-A", "2"))),
        ("/", (("authorization", "mine"),)),
        ("/", (("x a", "1"),)),
        ("/", (("x-a", "1\r\n2"),)),
    ],
)
def test_impossible_request_is_not_sent(path: str, headers: tuple[tuple[str, str], ...]) -> None:
    with listen(answer(b"{}")) as sink:
        request = Request("GET", sink.origin, path, headers)
        assert kind(send(sink.origin, request=request)) is FailureKind.UNSENDABLE_REQUEST
        assert sink.connections == 0


def test_echoed_key_is_redacted_in_body_and_headers() -> None:
    echo = json.dumps({"error": f"bad key {KEY}"}).encode()
    result = ask(answer(echo, b"x-request-id: " + KEY.encode(), status=b"401 No"))
    assert body(result) == b'{"error": "bad key [redacted]"}'
    assert isinstance(result, Response)
    assert result.headers["x-request-id"] == "[redacted]"
    assert KEY not in repr(result)


def test_one_bad_server_does_not_delay_another() -> None:
    flood = repeat(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
    with listen(flood) as bad, listen(answer(b"{}")) as good:

        async def one(listener: Listener, deadline: float) -> Response | Failure:
            client = Client(Trust(Bindings()), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
            return await client.send(Request("GET", listener.origin, "/"), deadline=deadline)

        async def both() -> list[Response | Failure]:
            return list(await asyncio.gather(one(bad, 2.0), one(good, 2.0)))

        first, second = run_async(both())
    assert kind(first) is FailureKind.DEADLINE
    assert body(second) == b"{}"
    assert second.elapsed_ms < 1000
