"""The listener of a login, with real sockets: the right visitor among all the others."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from text2llm.login import callback
from text2llm.login.authorize import Redirect
from text2llm.login.callback import Listener, listen
from text2llm.login.errors import LoginError
from text2llm.secret import Secret

STATE = "the-right-state"
ANY = Redirect("127.0.0.1", None, "/callback")
RIGHT = "GET /callback?code=c1&state=the-right-state HTTP/1.1"


async def knock(port: int, request: str, *, host: str | None = None, address: str = "127.0.0.1") -> bytes:
    """What the listener answers; `request` is the first line and perhaps further headers."""
    reader, writer = await asyncio.open_connection(address, port)
    try:
        writer.write(f"{request}\r\nHost: {host or f'127.0.0.1:{port}'}\r\n\r\n".encode("latin-1"))
        return await reader.read()
    finally:
        writer.transport.abort()


def run(
    visit: Callable[[Listener], Awaitable[Any]], redirect: Redirect = ANY, *, limit: float = 5, in_path: bool = False
) -> tuple[Secret, Any]:
    """The code that a listener gave, and what its visitors were told."""

    async def work() -> tuple[Secret, Any]:
        async with listen(redirect, STATE, state_in_path=in_path) as listener:
            visiting = asyncio.ensure_future(visit(listener))
            try:
                return await listener.wait(limit), await visiting
            finally:
                visiting.cancel()
                await asyncio.sleep(0.02)  # connections that were cut are gone by then

    return asyncio.run(work())


def test_the_right_visitor_ends_the_wait_and_sees_no_code() -> None:
    code, answer = run(lambda listener: knock(listener.port, RIGHT))
    assert code == Secret("c1")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"return to the terminal" in answer
    assert b"referrer-policy: no-referrer" in answer
    assert b"c1" not in answer
    assert b"script" not in answer


NOISE = [
    "GET / HTTP/1.1",
    "GET /favicon.ico HTTP/1.1",
    "GET /callback HTTP/1.1",
    "GET /callback?code=evil HTTP/1.1",
    "GET /callback?code=evil&state=wrong HTTP/1.1",
    "GET /callback?code=evil&code=c2&state=the-right-state HTTP/1.1",
    "GET /callback/?code=evil&state=the-right-state HTTP/1.1",
    "GET /CALLBACK?code=evil&state=the-right-state HTTP/1.1",
    "GET //callback?code=evil&state=the-right-state HTTP/1.1",
    "GET /callback?error=access_denied&state=wrong HTTP/1.1",
    "POST /callback?code=evil&state=the-right-state HTTP/1.1",
    "HEAD /callback?code=evil&state=the-right-state HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "GET /callback?code=evil&state=the-right-state HTTP/1.1\r\nSec-Purpose: prefetch;prerender",
    "GET /callback?code=evil&state=the-right-state HTTP/1.1\r\nPurpose: Prefetch",
    "GET /callback?code=evil&state=the-right-state FTP/1.1",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "",
]


@pytest.mark.parametrize("noise", NOISE)
def test_noise_is_answered_404_and_ends_nothing(noise: str) -> None:
    async def visit(listener: Listener) -> bytes:
        told = await knock(listener.port, noise)
        await knock(listener.port, RIGHT)
        return told

    code, told = run(visit)
    assert code == Secret("c1")
    assert told.startswith(b"HTTP/1.1 404 Not Found\r\n")


def test_another_host_name_is_not_us() -> None:
    async def visit(listener: Listener) -> bytes:
        told = await knock(listener.port, RIGHT, host="rebound.example:80")
        await knock(listener.port, RIGHT, host=f"localhost:{listener.port}")
        return told

    assert run(visit)[1].startswith(b"HTTP/1.1 404")


def test_a_second_code_changes_nothing() -> None:
    async def visit(listener: Listener) -> bytes:
        await knock(listener.port, RIGHT)
        return await knock(listener.port, RIGHT.replace("c1", "c2"))

    code, told = run(visit)
    assert code == Secret("c1")
    assert told.startswith(b"HTTP/1.1 404")


def test_silent_large_and_many_connections_do_not_hold_it_up() -> None:
    async def visit(listener: Listener) -> None:
        opened = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(60)]
        opened[0][1].write(b"GET /" + b"x" * 64 * 1024)
        opened[1][1].write(b"G")
        await knock(listener.port, RIGHT)
        for _, writer in opened:
            writer.transport.abort()

    assert run(visit)[0] == Secret("c1")


def test_when_all_places_are_taken_the_oldest_gives_way() -> None:
    async def visit(listener: Listener) -> bytes:
        opened = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(64)]
        await asyncio.sleep(0.05)
        await knock(listener.port, RIGHT)
        dropped = await opened[0][0].read()
        for _, writer in opened:
            writer.transport.abort()
        return dropped

    assert run(visit) == (Secret("c1"), b"")


def test_silence_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback, "_PATIENCE", 0.05)

    async def visit(listener: Listener) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        dropped = await reader.read()
        writer.transport.abort()
        await knock(listener.port, RIGHT)
        return dropped

    assert run(visit) == (Secret("c1"), b"")


@pytest.mark.parametrize("turns", range(8))
def test_whoever_meets_its_end_is_cut_off_without_a_word(
    turns: int, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A browser asks for an icon, and connects ahead, just when the login is done."""
    refusal = "GET /callback?error=server_error&state=the-right-state HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"

    async def work() -> list[socket.socket]:
        async with listen(ANY, STATE, state_in_path=False) as listener:
            opened = [socket.create_connection(("127.0.0.1", listener.port)) for _ in range(6)]
            for each in opened[::2]:
                each.sendall(refusal.format(port=listener.port).encode())
            for _ in range(turns):
                await asyncio.sleep(0)
        assert not listener.connections
        return opened

    for each in asyncio.run(work()):
        each.close()
    gc.collect()
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_who_hangs_up_early_changes_nothing() -> None:
    async def visit(listener: Listener) -> None:
        with socket.create_connection(("127.0.0.1", listener.port)) as hasty:
            hasty.sendall(b"GET /callback?co")
        await knock(listener.port, RIGHT)

    assert run(visit)[0] == Secret("c1")


def test_closed_connection_is_ignored() -> None:
    async def visit(listener: Listener) -> None:
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            nobody.settimeout(0)
            listener.accept(nobody)
        await knock(listener.port, RIGHT)

    assert run(visit)[0] == Secret("c1")


def test_listener_keeps_its_state_to_itself() -> None:
    async def visit(listener: Listener) -> str:
        await knock(listener.port, RIGHT)
        return repr(listener)

    assert STATE not in run(visit)[1]


def test_the_providers_no_ends_the_wait() -> None:
    with pytest.raises(LoginError, match="login denied"):
        run(lambda listener: knock(listener.port, "GET /callback?error=access_denied&state=the-right-state HTTP/1.1"))


def test_the_wait_ends_by_itself() -> None:
    async def stay_away(_listener: Listener) -> None: ...

    with pytest.raises(LoginError, match=r"the login was not completed within 0\.1 seconds"):
        run(stay_away, limit=0.1)


def test_state_in_the_path() -> None:
    async def visit(listener: Listener) -> list[bytes]:
        wrong = [await knock(listener.port, f"GET /callback{end}?code=evil HTTP/1.1") for end in ("", "/", "/other")]
        await knock(listener.port, "GET /callback/the-right-state?code=c1 HTTP/1.1")
        return wrong

    code, told = run(visit, in_path=True)
    assert code == Secret("c1")
    assert all(each.startswith(b"HTTP/1.1 404") for each in told)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_fixed_port_that_is_taken_stops_the_login() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = Redirect("127.0.0.1", other.getsockname()[1], "/callback")
        with pytest.raises(LoginError, match="cannot be used") as caught:
            run(lambda listener: knock(listener.port, RIGHT), taken)
    assert "--method paste-code" in str(caught.value.hint)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_listener_is_not_shared(address: str) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((address, 0))
        other.listen()
        with pytest.raises(LoginError, match="cannot be used"):
            run(lambda listener: knock(listener.port, RIGHT), replace(ANY, port=other.getsockname()[1]))


def test_a_fixed_port_serves_one_login_after_the_other() -> None:
    fixed = replace(ANY, port=free_port())
    assert [run(lambda listener: knock(listener.port, RIGHT), fixed)[0] for _ in range(2)] == [Secret("c1")] * 2


def fail_to_open(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let IPv6 fail, as the system does that answers ``number``."""
    opened = callback._open_socket

    def open_socket(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
        if family is socket.AF_INET6:
            raise OSError(number, "no")
        return opened(family, host, port)

    monkeypatch.setattr(callback, "_open_socket", open_socket)


def test_localhost_without_ipv6_is_that_of_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_to_open(monkeypatch, errno.EADDRNOTAVAIL)
    found = run(lambda listener: knock(listener.port, RIGHT), Redirect("localhost", None, "/callback"))
    assert found[0] == Secret("c1")


def test_no_port_that_is_free_in_both_families_stops_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_to_open(monkeypatch, errno.EADDRINUSE)
    with pytest.raises(LoginError, match="no free port") as caught:
        run(lambda listener: knock(listener.port, RIGHT), Redirect("localhost", None, "/callback"))
    assert "--method paste-code" in str(caught.value.hint)


def test_localhost_is_held_in_both_families() -> None:
    async def visit(listener: Listener) -> None:
        await knock(listener.port, RIGHT, host=f"localhost:{listener.port}", address="::1")

    assert run(visit, Redirect("localhost", free_port(), "/callback"))[0] == Secret("c1")
    assert run(visit, Redirect("localhost", None, "/callback"))[0] == Secret("c1")
    assert run(visit, Redirect("[::1]", None, "/callback"))[0] == Secret("c1")


def test_localhost_whose_other_family_is_taken_stops_the_login() -> None:
    port = free_port()
    with socket.socket(socket.AF_INET6) as other:
        other.bind(("::1", port))
        other.listen()
        with pytest.raises(LoginError, match="cannot be used"):
            run(lambda listener: knock(listener.port, RIGHT), Redirect("localhost", port, "/callback"))
    with socket.socket() as again:  # nothing of the attempt is left behind
        again.bind(("127.0.0.1", port))
