from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.running import Run
from tests.sandbox.talking import Client
from text2llm.config.schema_files import schema_text

PROGRAM = str(Path(sys.executable).with_name("text2llm"))
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [PROGRAM, "sandbox", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.terminate()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def obeying(schema: str, text: str) -> Any:
    value = json.loads(text)
    Draft202012Validator(json.loads(schema_text(f"outputs/{schema}"))).validate(value)
    return value


def test_prints_its_url_when_it_is_ready(start: Start) -> None:
    process = start()
    url = first_line(process).strip()
    assert url.startswith("http://127.0.0.1:")
    assert Client(int(url.rpartition(":")[2])).ask("openai", "sandbox-limited").status == 429


def test_json_tells_url_port_and_pid(start: Start) -> None:
    process = start("--json")
    told = obeying("sandbox", first_line(process))
    assert told == {"url": f"http://127.0.0.1:{told['port']}", "port": told["port"], "pid": process.pid}


@pytest.mark.parametrize(
    ("number", "code", "words"), [(signal.SIGTERM, 0, ""), (signal.SIGINT, 130, "\ninterrupted\n")]
)
def test_signal_ends_it_cleanly(start: Start, number: signal.Signals, code: int, words: str) -> None:
    process = start()
    first_line(process)
    process.send_signal(number)
    assert process.communicate(timeout=10) == ("", words)
    assert process.returncode == code


def test_terminal_sees_each_exchange() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen([PROGRAM, "sandbox"], stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        port = int(first_line(process).rpartition(":")[2])
        Client(port).send("POST", "/v1/messages%1b[2J::error::", {"authorization": "Bearer hunter2"})
        Client(port).ask("openai", "sandbox-limited")
        process.terminate()
    os.close(theirs)
    told = os.read(ours, 10_000).decode().replace("\r\n", "\n")
    os.close(ours)
    assert told == (
        "the key decides the answer: `text2llm sandbox --list`; Ctrl-C ends it\n"
        "POST /v1/messages%1b[2J::error:: unknown-key 404\n"
        "POST /v1/chat/completions limited 429\n"
    )


def test_port_in_use_is_an_error_with_a_hint(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("sandbox", "--port", str(taken.getsockname()[1]), "--json")
    assert done.code == 1
    error = json.loads(done.out)["error"]
    assert error["message"].endswith("Address already in use")
    assert error["hint"] == "leave --port out to take a free one"


def test_list_tells_every_key(run: Run) -> None:
    lines = run("sandbox", "--list").out.splitlines()
    assert lines[0] == "sandbox-ok            a completion by the model that was asked for"
    keys = [row["key"] for row in obeying("sandbox-keys", run("sandbox", "--list", "--json").out)["keys"]]
    assert keys == [line.split()[0] for line in lines]


def test_no_other_command_pays_for_a_server(run: Run) -> None:
    code = "import sys, text2llm.cli.main; sys.exit('http.server' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
