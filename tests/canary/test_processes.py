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


def on_terminal(arguments: list[str], typed: bytes = b"") -> tuple[int, str]:
    """Run the program on a terminal of its own; its exit code and what stood there."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(PROGRAM[0], [*PROGRAM, *arguments])
    shown = b""
    os.write(terminal, typed)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 1)
        try:
            block = os.read(terminal, 65536) if ready else b""
        except OSError:  # Linux says so when the other side has closed
            break
        if ready and not block:
            break
        shown += block
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status), shown.decode(errors="replace")


@pytest.mark.parametrize("name", ["good", "literal secrets in the config"])
@pytest.mark.parametrize(
    "arguments", [["models", "status"], ["validate"], ["models", "set", "openai/gpt-5.2"], [*_PROBE], ["plan", "-"]]
)
def test_terminal_shows_nothing(name: str, arguments: list[str], world: Callable[[str], dict[Path, str]]) -> None:
    before = world(name)
    code, shown = on_terminal(arguments, b"\x04" if arguments[-1] == "-" else b"")
    assert code in {0, 1, 2, 4}
    assert shown
    assert hunt(shown) == {}
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
