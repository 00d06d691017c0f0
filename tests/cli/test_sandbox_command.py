from __future__ import annotations

import http.client
import json
import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
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
        "POST /v1/messages%1b[2J::error:: unknown-path 404\n"
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
    assert lines[0].split(maxsplit=2) == ["sandbox-ok", "ok", "a completion by the requested model"]
    rows = obeying("sandbox-keys", run("sandbox", "--list", "--json").out)["keys"]
    assert [row["key"] for row in rows] == [line.split()[0] for line in lines if not line.startswith(" ")]
    assert {"provider": "ollama", "api": "ollama", "says": ["rate_limit"]} in rows[12]["elsewhere"]
    (unpaid,) = [number for number, line in enumerate(lines) if line.startswith("sandbox-unpaid")]
    assert lines[unpaid + 1].split(maxsplit=1) == ["rate_limit", "at ollama"]
    said = {row["key"]: row["says"] for row in rows}
    assert (said["sandbox-unpaid"], said["sandbox-slow"]) == (["billing/credit_exhausted"], ["ok", "timeout/deadline"])


def test_record_has_a_line_for_each_request_however_many_come_at_once(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    process = start("--record", str(path))
    client = Client(int(first_line(process).rpartition(":")[2]))
    assert path.read_text() == ""
    with ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(client.ask, "openai", f"sandbox-ok-{number}") for number in range(64)]
        assert {each.result().status for each in asked} == {200}
    lines = [obeying("sandbox-record", line) for line in path.read_text().splitlines()]
    assert {line["key"] for line in lines} == {f"sandbox-ok-{number}" for number in range(64)}
    process.terminate()
    assert process.communicate(timeout=10) == ("", "")


def test_record_keeps_what_it_has_and_tells_no_real_key(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text("{}\n")
    client = Client(int(first_line(start("--record", str(path))).rpartition(":")[2]))
    client.send("POST", "/v1/messages?key=hunter2hunter2", {"authorization": "Bearer hunter2hunter2"}, b"{}")
    kept, line = path.read_text().splitlines()
    assert (kept, obeying("sandbox-record", line)["key"]) == ("{}", "unknown-key")
    assert "hunter2" not in line


def test_record_that_cannot_be_written_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("elsewhere")
    assert "cannot write link" in run("sandbox", "--record", "link").err
    done = run("sandbox", "--record", "absent/r.jsonl", "--json")
    assert done.code == 1
    assert json.loads(done.out)["error"]["message"] == "cannot write absent/r.jsonl: No such file or directory"


def test_record_that_can_be_written_no_more_ends_the_sandbox(tmp_path: Path) -> None:
    limited = f"ulimit -f 1; exec {PROGRAM} sandbox --record {tmp_path}/r.jsonl"
    plain = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}  # nothing else is cut at the limit
    with subprocess.Popen(
        ["bash", "-c", limited], env=plain, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        client = Client(int(first_line(process).rpartition(":")[2]))
        with suppress(OSError, http.client.HTTPException):
            for _ in range(20):
                client.ask("openai", "sandbox-ok")
        _, told = process.communicate(timeout=10)
    assert process.returncode == 1
    assert told.startswith(f"error: cannot write {tmp_path}/r.jsonl: ")


def test_scenario_is_played(start: Start, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("answers: [{key: sandbox-ci, plays: [limited, ok]}]\n")
    client = Client(int(first_line(start("--scenario", str(tmp_path / "s.yaml"))).rpartition(":")[2]))
    assert [client.ask("openai", "sandbox-ci").status for _ in range(3)] == [429, 200, 200]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "s.yaml is empty", "`text2llm schema sandbox-scenario` describes what it may say"),
        ("answers: {", "expected", None),
        ("answer: []", "s.yaml:1:1: unknown key 'answer'", "did you mean 'answers'?"),
        ("latencyMs: fast", "s.yaml:1:12: 'latencyMs': expected a whole number, got a string", "for example: 200"),
        ("answers: [{plays: limted}]", "s.yaml:1:19: there is no behavior 'limted'", "did you mean 'limited'?"),
        ("answers: [{plays: [ok, zzzz]}]", "s.yaml:1:24: there is no behavior 'zzzz'", "`text2llm sandbox --list`"),
        ("answers: [{key: sk-proj-abcdefghij}]", "expected a public word", 'for example: "sandbox-ci"'),
        ("{latencyMs: -1, models: []}", "(and 1 more)", None),
    ],
)
def test_scenario_that_cannot_be_played(run: Run, tmp_path: Path, text: str, message: str, hint: str | None) -> None:
    (tmp_path / "s.yaml").write_text(text)
    done = run("sandbox", "--scenario", "s.yaml")
    assert (done.code, done.out) == (1, "")
    assert message in done.err
    assert hint is None or hint in done.err
    assert "abcdefghij" not in done.err


def test_scenario_that_is_not_there(run: Run) -> None:
    error = json.loads(run("sandbox", "--scenario", "absent.yaml", "--json").out)["error"]
    assert error["message"] == "cannot read absent.yaml: No such file or directory"


def test_no_other_command_pays_for_a_server(run: Run) -> None:
    code = "import sys, text2llm.cli.main; sys.exit('http.server' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
