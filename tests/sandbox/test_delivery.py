from __future__ import annotations

import gzip
import http.client
import json
import socket
import time

import pytest

from tests.sandbox.talking import QUESTION, Client
from text2llm.sandbox import delivery
from text2llm.sandbox.server import Sandbox, serve

BOTH = pytest.mark.parametrize("api", ["openai", "anthropic"])


def open_completion(sandbox: Sandbox, key: str) -> socket.socket:
    body = json.dumps(QUESTION).encode()
    line = socket.create_connection(("127.0.0.1", sandbox.port), timeout=5)
    line.sendall(
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer %b\r\ncontent-length: %d\r\n\r\n%b"
        % (key.encode(), len(body), body)
    )
    return line


def read_some(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += line.recv(65536)
    return data


@BOTH
def test_slow_answers_late(client: Client, api: str) -> None:
    started = time.monotonic()
    assert client.ask(api, "sandbox-slow").status == 200
    assert time.monotonic() - started >= 0.3


@BOTH
def test_html_is_a_page_with_the_status_of_a_success(client: Client, api: str) -> None:
    answer = client.ask(api, "sandbox-html")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html")
    assert answer.body.startswith(b"<!DOCTYPE html>")


@BOTH
def test_garbage_is_no_json(client: Client, api: str) -> None:
    assert client.ask(api, "sandbox-garbage").body == bytes(range(256))


@BOTH
def test_empty_is_empty(client: Client, api: str) -> None:
    assert client.ask(api, "sandbox-empty")[::2] == (200, b"")


def test_redirect_is_seen_when_followed(client: Client, sandbox: Sandbox) -> None:
    answer = client.ask("openai", "sandbox-redirect")
    assert (answer.status, answer.headers["location"]) == (307, "/elsewhere")
    client.send("POST", "/elsewhere", {})
    assert sandbox.requests[-1].path == "/elsewhere"


@BOTH
def test_truncated_closes_half_way(client: Client, api: str) -> None:
    with pytest.raises(http.client.IncompleteRead) as cut:
        client.ask(api, "sandbox-truncated")
    assert cut.value.expected is not None
    assert len(cut.value.partial) in range(100, 300)


def test_bomb_is_sent_as_gzip(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-bomb") as line:
        head = read_some(line, 200)
    assert b"content-encoding: gzip" in head


def test_bomb_is_valid_gzip_of_json(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_BOMB_MEGABYTES", 2)
    packed = client.ask("openai", "sandbox-bomb").body
    assert len(packed) < 20_000
    assert len(json.loads(gzip.decompress(packed))["padding"]) == 2 * 1024 * 1024


def test_hang_never_answers(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-hang") as line:
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            line.recv(1)


def test_drip_sends_its_body_without_end(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-drip") as line:
        data = b""
        while not data.endswith(b"\r\n\r\n{  "):
            data += line.recv(1)
    assert b"content-length" not in data


def test_interim_responses_come_before_any_final_one(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-interim") as line:
        data = read_some(line, 80)
    assert data.startswith(b"HTTP/1.1 102 Processing\r\n\r\n" * 2)


@pytest.mark.parametrize("key", ["sandbox-hang", "sandbox-drip", "sandbox-interim", "sandbox-slow"])
def test_closing_ends_what_would_not_end(key: str) -> None:
    with serve(slow=60) as sandbox, open_completion(sandbox, key):
        while not sandbox.requests:
            time.sleep(0.01)
        started = time.monotonic()
        sandbox.close()
        assert time.monotonic() - started < 2


def test_idle_connection_does_not_delay_closing() -> None:
    with serve() as sandbox, socket.create_connection(("127.0.0.1", sandbox.port)):
        started = time.monotonic()
        sandbox.close()
        assert time.monotonic() - started < 2


def test_connection_serves_several_requests(sandbox: Sandbox) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=5)
    statuses = []
    for key in ("sandbox-ok", "sandbox-limited", "sandbox-ok"):
        connection.request(
            "POST", "/v1/chat/completions", json.dumps(QUESTION), headers={"authorization": f"Bearer {key}"}
        )
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()
    assert statuses == [200, 429, 200]


def test_watch_is_told_of_each_exchange() -> None:
    seen: list[tuple[str, int]] = []
    with serve(watch=lambda recorded, status: seen.append((recorded.behaviour, status))) as sandbox:
        Client(sandbox.port).ask("openai", "sandbox-limited")
    assert seen == [("limited", 429)]


def test_mistake_of_its_own_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    def fail(_recorded: object, _status: int) -> None:
        raise LookupError("no such row")

    with serve(watch=fail) as sandbox, pytest.raises(http.client.RemoteDisconnected):
        Client(sandbox.port).ask("openai", "sandbox-ok")
    assert capfd.readouterr() == ("", "sandbox: bug: LookupError: no such row\n")
