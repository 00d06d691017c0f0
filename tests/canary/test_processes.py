"""The program as a process: on a terminal, into pipes, full devices and closed streams, and what others see of it."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.canary.canaries import hunt, value
from tests.canary.world import WORLDS, hunt_files, plant, tracked_files
from tests.net.hostile import Listener, answer, listen

PROGRAM = [sys.executable, "-c", "from text2llm.cli.main import run; run()"]
_PROBE = ["models", "status", "--probe", "--probe-provider", "lab", "--probe-timeout", "2000"]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], dict[Path, str]]:
    def make(name: str = "good") -> dict[Path, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COVERAGE_PROCESS_START", "")
        plant(monkeypatch)
        WORLDS[name]()
        return tracked_files()

    return make


def on_terminal(arguments: list[str], *typed: tuple[Callable[[str], bool], bytes]) -> tuple[int, str]:
    """Run the program on a terminal of its own; its exit code and what stood there.

    ``typed`` is what a person types, each when the screen so far, or the world, is as the person wants it.
    """
    process, terminal = pty.fork()
    if process == 0:
        os.execv(PROGRAM[0], [*PROGRAM, *arguments])
    shown, waiting, deadline = "", list(typed), time.monotonic() + 30
    while time.monotonic() < deadline:
        block = _read_terminal(terminal)
        if block is None:
            break
        shown += block
        if waiting and waiting[0][0](shown):
            os.write(terminal, waiting.pop(0)[1])
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status), shown


def _read_terminal(terminal: int) -> str | None:
    """What is there to read now; ``None`` when the other side has closed, which Linux calls an error."""
    ready, _, _ = select.select([terminal], [], [], 0.1)
    try:
        block = os.read(terminal, 65536) if ready else b" "
    except OSError:
        return None
    return (block.decode(errors="replace") if ready else "") if block else None


@pytest.mark.parametrize("name", ["good", "literal secrets in the config"])
@pytest.mark.parametrize(
    "arguments", [["models", "status"], ["validate"], ["models", "set", "openai/gpt-5.2"], [*_PROBE], ["plan", "-"]]
)
def test_terminal_shows_nothing(name: str, arguments: list[str], world: Callable[[str], dict[Path, str]]) -> None:
    before = world(name)
    typed = [(lambda _: True, b"\x04")] if arguments[-1] == "-" else []
    code, shown = on_terminal(arguments, *typed)
    assert code in {0, 1, 2, 4}
    assert shown
    assert hunt(shown) == {}
    assert hunt_files(before) == {}


def test_secret_typed_at_a_prompt_is_stored_and_not_shown(world: Callable[[str], dict[Path, str]]) -> None:
    before, secret = world("good"), "standard input"
    prompted = (lambda shown: "not shown" in shown, f"{value(secret)}\n".encode())
    code, shown = on_terminal(["models", "auth", "paste-api-key", "--provider", "mistral", "--any-form"], prompted)
    assert code == 0, shown
    assert hunt(shown) == {}
    assert hunt_files(before, frozenset({secret})) == {}
    (store,) = Path(os.environ["TEXT2LLM_HOME"]).rglob("auth-profiles.json")
    assert value(secret) in store.read_text()


def test_browser_is_started_without_a_secret(
    world: Callable[[str], dict[Path, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world("good")
    seen = Path("seen.txt").absolute()
    browser = Path("browser.sh").absolute()
    browser.write_text(
        f"#!/bin/sh\nprintf '%s\\n' \"$@\" >{seen}.new\ncat /proc/$PPID/cmdline >>{seen}.new\nmv {seen}.new {seen}\n"
    )
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    code, shown = on_terminal(
        ["models", "auth", "login", "--provider", "openrouter"],
        (lambda shown: "gives up" in shown and seen.exists(), b"\x03"),
    )
    told = seen.read_text()
    assert code == 130, shown
    assert "code_challenge=" in told
    assert "code_verifier" not in told
    assert hunt(shown + told) == {}
    assert hunt_files(before) == {}


@pytest.mark.parametrize("redirection", [">&- 2>&-", "2>/dev/full", ">/dev/full", "2>&1 | head -c 20", "<&-"])
@pytest.mark.parametrize("command", ["models status", "models status --json", "validate", "nonsense"])
def test_streams_that_fail_show_nothing(
    redirection: str, command: str, world: Callable[[str], dict[Path, str]]
) -> None:
    before = world("literal secrets in the config")
    script = f'{PROGRAM[0]} -c "$0" {command} {redirection}'
    done = subprocess.run(["sh", "-c", script, PROGRAM[2]], capture_output=True, text=True, timeout=30, check=False)
    assert hunt(done.stdout + done.stderr) == {}
    assert "Traceback" not in done.stderr
    assert hunt_files(before) == {}


def test_interrupted_probe_shows_nothing(world: Callable[[str], dict[Path, str]]) -> None:
    before = world("good")
    with _silent_server() as server:
        _point_to(str(server.origin))
        process = subprocess.Popen([*PROGRAM, *_PROBE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        _wait_for(lambda: server.connections > 0)
        assert hunt(Path(f"/proc/{process.pid}/cmdline").read_text()) == {}
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert hunt(out + err) == {}
    before[Path("text2llm.yaml").absolute()] = Path("text2llm.yaml").read_text()
    assert hunt_files(before) == {}


def test_probe_that_times_out_shows_nothing(world: Callable[[str], dict[Path, str]]) -> None:
    world("good")
    with _silent_server() as server:
        _point_to(str(server.origin))
        limited = [*_PROBE[:-1], "300"]
        done = subprocess.run([*PROGRAM, *limited], capture_output=True, text=True, timeout=30, check=False)
    assert "timeout" in done.stdout
    assert hunt(done.stdout + done.stderr) == {}


@contextmanager
def _silent_server() -> Iterator[Listener]:
    ended = threading.Event()

    def wait(_: socket.socket) -> None:
        ended.wait(20)

    with listen(wait) as server:
        try:
            yield server
        finally:
            ended.set()


def _point_to(origin: str) -> None:
    path = Path("text2llm.yaml")
    path.write_text(path.read_text().replace("http://127.0.0.1:9", origin))
    os.environ["TEXT2LLM_TRUSTED_ORIGINS"] = " ".join(
        f"{name}={origin}" for name in ("env:LAB_KEY", "env:LAB_HEADER", "env:REF_KEY", "provider:lab")
    )


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("layout", [[], ["--json"]])
def test_server_that_repeats_every_secret_is_not_quoted(
    layout: list[str], world: Callable[[str], dict[Path, str]]
) -> None:
    before = world("good")
    secrets = [value("variable of a custom provider"), value("variable of a header"), value("variable of a reference")]
    body = json.dumps({"error": {"message": " ".join(secrets), "code": secrets[0], "type": secrets[1]}}).encode()
    headers = [f"x-request-id: {secret}".encode() for secret in secrets]
    with listen(answer(body, *headers, status=b"401 " + secrets[0].encode())) as server:
        _point_to(str(server.origin))
        done = subprocess.run([*PROGRAM, *_PROBE, *layout], capture_output=True, text=True, timeout=30, check=False)
    assert value("variable of a header") in b"".join(server.received).decode()
    assert "401" in done.stdout or "invalid_key" in done.stdout
    assert hunt(done.stdout + done.stderr) == {}
    before[Path("text2llm.yaml").absolute()] = Path("text2llm.yaml").read_text()
    assert hunt_files(before) == {}
