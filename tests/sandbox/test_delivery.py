"""Deliveries over real sockets."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import pytest

from tests.sandbox.talking import QUESTION, Client
from text2llm.sandbox import delivery
from text2llm.sandbox.behaviors import BEHAVIORS
from text2llm.sandbox.scenario import parse_scenario
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
def test_garbage_is_not_json(client: Client, api: str) -> None:
    assert client.ask(api, "sandbox-garbage").body == bytes(range(256))


@BOTH
def test_empty_is_empty(client: Client, api: str) -> None:
    assert client.ask(api, "sandbox-empty")[::2] == (200, b"")


def test_redirect_is_seen_when_followed(client: Client, sandbox: Sandbox) -> None:
    answer = client.ask("openai", "sandbox-redirect")
    assert (answer.status, answer.headers["location"]) == (307, "/elsewhere")
    away = client.ask("openai", "sandbox-redirect-away")
    assert (away.status, away.headers["location"]) == (307, f"http://localhost:{sandbox.port}/elsewhere")
    client.send("POST", "/elsewhere", {})
    assert sandbox.requests[-1] == ("POST", "/elsewhere", "elsewhere")


@BOTH
def test_truncated_closes_half_way(client: Client, api: str) -> None:
    with pytest.raises(http.client.IncompleteRead) as cut:
        client.ask(api, "sandbox-truncated")
    assert cut.value.expected is not None
    assert len(cut.value.partial) in range(100, 300)


@pytest.mark.parametrize(("key", "encoding"), [("bomb", b"gzip\r\n"), ("bomb-3", b"gzip, gzip, gzip\r\n")])
def test_bomb_is_sent_as_gzip(sandbox: Sandbox, key: str, encoding: bytes) -> None:
    with open_completion(sandbox, f"sandbox-{key}") as line:
        assert b"content-encoding: " + encoding in read_some(line, 300)


@pytest.mark.parametrize(("key", "layers"), [("bomb", 1), ("bomb-3", 3)])
def test_bomb_is_valid_gzip_of_json(client: Client, monkeypatch: pytest.MonkeyPatch, key: str, layers: int) -> None:
    monkeypatch.setattr(delivery, "_BOMB_MEGABYTES", 2)
    packed = client.ask("openai", f"sandbox-{key}").body
    assert len(packed) < 20_000
    for _ in repeat(None, layers):
        packed = gzip.decompress(packed)
    assert len(json.loads(packed)["padding"]) == 2 * 1024 * 1024


def test_hang_never_answers(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-hang") as line:
        line.sendall(b"hello?")  # no response
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            line.recv(1)


def test_drip_sends_its_body_without_end(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-drip") as line:
        data = b""
        while not data.endswith(b"\r\n\r\n{  "):
            data += line.recv(1)
    assert b"content-length" not in data


def test_drip_head_never_ends_its_header(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-drip-head") as line:
        assert read_some(line, 30).startswith(b"HTTP/1.1 200 OK\r\nx-drip: xxx")


def test_endless_sends_more_than_the_limit(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-endless") as line:
        data = read_some(line, 4_000_000)
    assert b'"model": "m1"' in data
    assert data.endswith(b"x" * 1000)


def test_interim_responses_come_before_any_final_one(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-interim") as line:
        data = read_some(line, 80)
    assert data.startswith(b"HTTP/1.1 102 Processing\r\n\r\n" * 2)


def test_flood_of_interim_responses(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-flood") as line:
        assert read_some(line, 1_000_000).count(b"HTTP/1.1 102") > 30_000


def test_close_answers_nothing(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-close") as line:
        assert line.recv(1) == b""


def test_reset_resets(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-reset") as line, pytest.raises(ConnectionResetError):
        line.recv(1)


def test_megabyte_of_headers_arrives(sandbox: Sandbox) -> None:
    with open_completion(sandbox, "sandbox-headers") as line:
        assert read_some(line, 1_048_576).count(b"x-padding-") > 120


@pytest.mark.parametrize("name", ["hang", "drip", "drip-head", "interim", "slow", "endless", "flood", "bomb"])
def test_closing_ends_what_would_not_end(name: str) -> None:
    with serve(slow=60) as sandbox, open_completion(sandbox, f"sandbox-{name}"):
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


def test_odd_status_has_a_phrase_too(client: Client) -> None:
    answer = client.raw(
        b"POST /groq/openai/v1/chat/completions HTTP/1.1\r\nauthorization: Bearer sandbox-overloaded\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 498 Unassigned\r\n")


def test_waiting_client_gets_100_continue(sandbox: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=5) as line:
        line.sendall(b"POST /v1/messages HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
        assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"{}")
        assert b" 401 " in line.recv(100)


def test_watch_is_called_for_each_exchange() -> None:
    seen: list[tuple[str, int]] = []
    with serve(watch=lambda recorded, status: seen.append((recorded.behavior, status))) as sandbox:
        Client(sandbox.port).ask("openai", "sandbox-limited")
    assert seen == [("limited", 429)]


def test_mistake_of_its_own_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    def fail(_recorded: object, _status: int) -> None:
        raise LookupError("no such row")

    with serve(watch=fail) as sandbox, pytest.raises(http.client.RemoteDisconnected):
        Client(sandbox.port).ask("openai", "sandbox-ok")
    assert capfd.readouterr() == ("", "sandbox: bug: LookupError: no such row\n")


def test_clock_can_be_set() -> None:
    with serve(clock=lambda: 1_800_000_000) as sandbox:
        assert Client(sandbox.port).ask("openai", "sandbox-ok").data["created"] == 1_800_000_000


def test_closing_twice_is_closing_once() -> None:
    sandbox = serve()
    sandbox.close()
    sandbox.close()


def test_port_that_is_taken_is_an_error() -> None:
    with serve() as sandbox, pytest.raises(OSError, match="Address already in use"):
        serve(sandbox.port)


def test_hundred_clients_at_once_wait_for_their_own_answer_alone() -> None:
    """400 responses of 100 ms each take 400 ms, not 40 s."""
    scenario = parse_scenario({"latencyMs": 100}, BEHAVIORS)
    with serve(scenario=scenario) as sandbox:
        client = Client(sandbox.port, timeout=30)
        started = time.monotonic()
        with ThreadPoolExecutor(100) as pool:
            statuses = list(pool.map(lambda _: client.ask("openai", "sandbox-ok").status, range(400)))
        assert time.monotonic() - started < 5
    assert statuses == [200] * 400
