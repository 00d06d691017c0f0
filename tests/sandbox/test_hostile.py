from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from tests.sandbox.talking import ANTHROPIC, PATHS, QUESTION, QUESTIONS, Client, Quiet
from text2llm.sandbox import server
from text2llm.sandbox.server import Sandbox

HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sandbox-ok\r\n"
OPENAI = {"authorization": "Bearer sandbox-ok"}


@pytest.fixture(autouse=True)
def _survives(sandbox: Sandbox, client: Client, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """After each attack it still responds, without output."""
    yield
    assert client.ask("openai", "sandbox-ok").status == 200
    sandbox.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"[]",
        b'"text"',
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b'{"model": "\xed\xa0\x80"}',
    ],
    ids=range(10),
)
def test_body_that_is_not_an_object_is_a_bad_request(client: Client, body: bytes) -> None:
    openai = client.send("POST", "/v1/chat/completions", OPENAI, body)
    anthropic = client.send("POST", "/v1/messages", {"x-api-key": "sandbox-ok", **ANTHROPIC}, body)
    google = client.send("POST", PATHS["google"], {"x-goog-api-key": "sandbox-ok"}, body)
    ollama = client.send("POST", "/api/chat", {}, body)
    assert {openai.status, anthropic.status, google.status, ollama.status} == {400}
    assert anthropic.data["type"] == "error"


ODD = [
    7,
    "text",
    None,
    {},
    [],
    [7],
    [None],
    [[]],
    {"a": {"b": 1}},
    [{"content": 7}],
    [{"parts": 7}],
    [{"content": [7]}],
]


@pytest.mark.parametrize("api", ["openai", "anthropic"])
@pytest.mark.parametrize("odd", [{"model": {"a": 1}}, {"messages": 7}, {"model": None}, {"messages": {}}])
def test_field_of_another_type_is_a_bad_request(client: Client, api: str, odd: dict[str, object]) -> None:
    assert client.ask(api, "sandbox-ok", QUESTION | odd).status == 400


@pytest.mark.parametrize("api", ["openai", "responses", "anthropic", "google", "ollama", "codex"])
def test_no_field_of_any_type_is_a_bug(quiet: Quiet, api: str) -> None:
    keys = ("sandbox-ok", "sandbox-no-tools", "sandbox-no-images", "sandbox-thinking", "sandbox-reasoning")
    fields = (*QUESTIONS[api], "tools", "tool_choice", "toolConfig", "stream")
    for field, odd, key in product(fields, ODD, keys):
        changes: dict[str, Any] = {field: odd}
        assert quiet.ask(api, key, **changes).status in {200, 400}


def test_huge_body_is_refused_and_the_client_can_read_it(client: Client) -> None:
    answer = client.send("POST", "/v1/chat/completions", OPENAI, b"x" * (9 * 1024 * 1024))
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    assert "too large" in answer.data["error"]["message"].lower()


def test_declared_length_that_never_comes_ends_with_the_connection(client: Client, sandbox: Sandbox) -> None:
    assert client.raw(HEAD + b"content-length: 100\r\n\r\n{}") == b""
    assert sandbox.requests == ()


def test_huge_declared_length_ends_with_the_connection(client: Client) -> None:
    assert client.raw(HEAD + b"content-length: 999999999999999\r\n\r\n{}").startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "length", [b"-1", b"1e3", b"0x10", b"", b" ", b"9" * 40, "٣".encode(), b"2\r\ncontent-length: 3"], ids=range(8)
)
def test_odd_content_length_is_refused(client: Client, length: bytes) -> None:
    assert client.raw(HEAD + b"content-length: " + length + b"\r\n\r\n{}").startswith(b"HTTP/1.1 400 ")


def test_chunked_body_is_asked_for_its_length(client: Client) -> None:
    answer = client.raw(HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 411 ")


def test_bytes_after_the_body_are_no_request(client: Client) -> None:
    assert b"HTTP/1.1 400 " in client.raw(HEAD + b"content-length: 2\r\n\r\n{}trailing rubbish\r\n\r\n")


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40,
        b"\r\n" * 1000,
        b"GET /\r\n",
        b"A" * 100_000,
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\na: " + b"b" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"BREW /pot HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon here\r\n\r\n",
    ],
    ids=range(9),
)
def test_rubbish_in_place_of_a_request_is_survived(client: Client, data: bytes) -> None:
    try:
        answer = client.raw(data)
    except ConnectionError:
        return  # it closed the connection without reading
    assert b" 200 " not in answer.partition(b"\r\n")[0]


def test_client_that_sends_too_slowly_is_dropped(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_IDLE_SECONDS", 0.2)
    started = time.monotonic()
    assert client.raw(HEAD, end=False) == b""
    assert time.monotonic() - started < 3


def test_client_that_leaves_in_the_middle_is_forgotten(sandbox: Sandbox) -> None:
    for key in (b"sandbox-slow", b"sandbox-hang", b"sandbox-drip", b"sandbox-bomb"):
        with socket.create_connection(("127.0.0.1", sandbox.port)) as line:
            line.sendall(
                b"POST /v1/chat/completions HTTP/1.1\r\nauthorization: Bearer " + key + b"\r\ncontent-length: 0\r\n\r\n"
            )


def test_more_connections_than_it_takes_are_turned_away(
    client: Client, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_MOST_CONNECTIONS", 1)
    with socket.create_connection(("127.0.0.1", sandbox.port)) as held:
        held.sendall(b"GET ")
        time.sleep(0.1)
        with contextlib.suppress(ConnectionError):  # closing on unread bytes resets
            assert client.raw(b"GET /v1/models HTTP/1.1\r\n\r\n") == b""
    monkeypatch.undo()
