from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from text2llm.net.loop import run_async


def look_up(host: str) -> object:
    async def main() -> object:
        return await asyncio.get_running_loop().getaddrinfo(host, 80, type=socket.SOCK_STREAM)

    return run_async(main())


def test_addresses_are_looked_up() -> None:
    assert [entry[4] for entry in look_up("127.0.0.1")] == [("127.0.0.1", 80)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("error", [UnicodeError("label too long"), OSError("no")])
def test_failed_look_up_is_an_error_of_the_operating_system(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(OSError, match="no"):
        look_up("x")


@pytest.mark.parametrize("pause", [0.2, 0.6])
def test_late_look_up_is_dropped(monkeypatch: pytest.MonkeyPatch, pause: float) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(0.3))

    async def main() -> str:
        loop = asyncio.get_running_loop()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(loop.getaddrinfo("x", 80), 0.05)
        await asyncio.sleep(pause - 0.15)
        return "done"

    assert run_async(main()) == "done"
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and thread.daemon:
            thread.join(1)


def test_same_name_is_looked_up_once_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def answer(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        time.sleep(0.1)
        return [host]

    async def main() -> list[object]:
        loop = asyncio.get_running_loop()
        names = ["a", "a", "b", "a"]
        first = await asyncio.gather(*(loop.getaddrinfo(name, 443) for name in names))
        return [*first, await loop.getaddrinfo("a", 443)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert run_async(main()) == [["a"], ["a"], ["b"], ["a"], ["a"]]
    assert sorted(map(str, asked)) == ["a", "a", "b"]


def test_look_up_that_hangs_is_tried_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    released = threading.Event()

    def answer(host: str, *_: object, **__: object) -> str:
        asked.append(host)
        if len(asked) == 1:
            released.wait(5)
        return "found"

    async def main() -> object:
        loop = asyncio.get_running_loop()
        for pause in (0.05, 1.1):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(loop.getaddrinfo("a", 443), pause)
        return await asyncio.wait_for(loop.getaddrinfo("a", 443), 1)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert run_async(main()) == "found"
    assert asked == ["a", "a"]
    released.set()


HANGING = """
import asyncio, socket, time
from text2llm.net.loop import run_async
socket.getaddrinfo = lambda *a, **k: time.sleep(30)
async def main():
    try:
        await asyncio.wait_for(asyncio.get_running_loop().getaddrinfo("x", 80), 0.1)
    except TimeoutError:
        print("in time")
run_async(main())
"""


def test_process_ends_while_a_name_server_hangs() -> None:
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", HANGING], capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout == "in time\n"
    assert time.monotonic() - started < 10


def test_interrupt_reaches_the_coroutine() -> None:
    async def main() -> str:
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            return "what is known"
        return "everything"

    assert run_async(main()) == "what is known"


def test_optional_module_is_noted_as_absent_for_the_run_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> bool:
        return "sniffio" in sys.modules

    monkeypatch.delitem(sys.modules, "sniffio", raising=False)
    assert run_async(main())
    assert "sniffio" not in sys.modules
    monkeypatch.setitem(sys.modules, "sniffio", asyncio)
    assert run_async(main())
    assert sys.modules["sniffio"] is asyncio


def test_ctrl_c_that_another_thread_receives_ends_the_run_at_once() -> None:
    def interrupt() -> None:
        time.sleep(0.2)  # the loop waits by then
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_async(asyncio.sleep(30))
    thread.join()
    assert time.monotonic() - started < 10


def test_a_run_beside_the_main_thread_minds_no_signals() -> None:
    results: list[str] = []
    thread = threading.Thread(target=lambda: results.append(run_async(asyncio.sleep(0, "done"))))
    thread.start()
    thread.join()
    assert results == ["done"]
    assert signal.set_wakeup_fd(-1) == -1
