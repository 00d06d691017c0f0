"""Secret sources of the settings: commands that speak JSON, as a password manager's helper would."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.auth.stores import make_store
from text2llm.auth.secret_refs import read_refs
from text2llm.auth.secret_sources import ask_source
from text2llm.secret import RefSource, Secret, SecretRef
from text2llm.settings.model import SecretSource

KEY = "sk-live-0123456789abcdefghijkl"
HELPER = """#!{python}
import json, os, sys
request = json.load(sys.stdin)
with open({log!r}, "a") as log:
    log.write(json.dumps([request, sorted(os.environ)]) + "\\n")
{body}
"""
ANSWER = "print(json.dumps({'protocolVersion': 1, 'values': {'lab/key': KEY}}))".replace("KEY", repr(KEY))


def make_source(folder: Path, body: str = ANSWER, **changes: Any) -> SecretSource:
    path = folder / "helper"
    path.write_text(HELPER.format(python=sys.executable, log=str(folder / "log"), body=body))
    path.chmod(0o700)
    return SecretSource("vault", (str(path),))._replace(**changes)


def requests(folder: Path) -> list[list[object]]:
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def test_source_is_asked_once_for_all_entries(tmp_path: Path) -> None:
    refs = {f"lab:{name}": {"type": "api_key", "keyRef": reference(name)} for name in ("lab/key", "lab/other")}
    found = read_refs(make_store({"profiles": refs}), {}, {"vault": make_source(tmp_path)})
    assert found[SecretRef(RefSource.EXEC, "lab/key", "vault")] == Secret(KEY)
    assert "has no value for lab/other" in str(found[SecretRef(RefSource.EXEC, "lab/other", "vault")])
    ((request, _),) = requests(tmp_path)
    assert request == {"protocolVersion": 1, "provider": "vault", "ids": ["lab/key", "lab/other"]}


def reference(name: str) -> dict[str, str]:
    return {"source": "exec", "provider": "vault", "id": name}


def test_command_gets_only_the_variables_that_are_named(tmp_path: Path) -> None:
    environ = {"PATH": "/usr/bin:/bin", "OPENAI_API_KEY": KEY, "VAULT_ADDR": "https://vault.example"}
    ask_source(make_source(tmp_path, env=("VAULT_ADDR",)), ["lab/key"], environ)
    ((_, names),) = requests(tmp_path)
    assert isinstance(names, list)
    assert {"PATH", "VAULT_ADDR"} <= set(names)
    assert "OPENAI_API_KEY" not in names


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (f"print({KEY!r})", "did not print a response of protocol version 1"),
        ('print(\'{"protocolVersion": 2, "values": {}}\')', "did not print a response of protocol version 1"),
        (f"sys.stderr.write({KEY!r}); sys.exit(3)", "failed with exit code 3"),
        ("print(' ' * 1100000)", "printed more than 1 MiB"),
        ("print(json.dumps({'protocolVersion': 1, 'values': {'lab/key': 7}}))", "has no value for lab/key"),
    ],
)
def test_failure_says_what_and_repeats_nothing(tmp_path: Path, body: str, problem: str) -> None:
    told = str(ask_source(make_source(tmp_path, body), ["lab/key"], {})["lab/key"])
    assert problem in told
    assert KEY not in told


def test_slow_command_is_stopped(tmp_path: Path) -> None:
    source = make_source(tmp_path, "import time; time.sleep(60)", timeout_ms=300)
    assert "did not respond within 300 ms" in str(ask_source(source, ["lab/key"], {})["lab/key"])


def test_command_that_others_can_change_is_not_run(tmp_path: Path) -> None:
    source = make_source(tmp_path)
    (tmp_path / "helper").chmod(0o722)
    assert "other users can change" in str(ask_source(source, ["lab/key"], {})["lab/key"])
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize(("argument", "refused"), [("script.py", True), ("folder", True), ("--config", False)])
def test_file_among_the_arguments_that_others_can_change_is_not_used(
    argument: str, tmp_path: Path, *, refused: bool
) -> None:
    (tmp_path / "script.py").touch()
    (tmp_path / "script.py").chmod(0o666)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder").chmod(0o777)
    path = argument if argument.startswith("-") else str(tmp_path / argument)
    source = make_source(tmp_path)
    told = ask_source(source._replace(command=(*source.command, path)), ["lab/key"], {})["lab/key"]
    assert ("other users can change" in str(told)) is refused
    assert not refused or f"chmod go-w {path}" in str(told)


def test_command_that_others_can_replace_is_not_run(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    source = make_source(folder)
    folder.chmod(0o777)
    assert "other users can change" in str(ask_source(source, ["lab/key"], {})["lab/key"])
    folder.chmod(0o1777)  # as /tmp: only its owner can replace a file
    assert ask_source(source, ["lab/key"], {})["lab/key"] == Secret(KEY)


@pytest.mark.parametrize("command", ["/nonexistent/helper", "/dev/null"])
def test_command_that_cannot_be_started(command: str) -> None:
    told = str(ask_source(SecretSource("vault", (command,)), ["lab/key"], {})["lab/key"])
    assert "cannot be" in told or "other users" in told


def test_source_that_the_settings_do_not_declare() -> None:
    store = make_store({"profiles": {"lab:a": {"type": "token", "tokenRef": reference("x")}}})
    (told,) = read_refs(store, {}).values()
    assert told == "your settings have no secret source vault; add secrets.sources.vault with its command"


def test_flood_is_not_read_to_its_end(tmp_path: Path) -> None:
    source = make_source(tmp_path, "sys.stdout.flush()\nwhile True: os.write(1, b' ' * 65536)")
    assert "printed more than 1 MiB" in str(ask_source(source, ["lab/key"], {})["lab/key"])


def test_what_a_slow_command_has_started_is_ended_too(tmp_path: Path) -> None:
    mark = tmp_path / "still-there"
    body = f"import subprocess; subprocess.run(['/bin/sh', '-c', 'sleep 1; touch {mark}'])"
    told = ask_source(make_source(tmp_path, body, timeout_ms=300), ["lab/key"], {"PATH": "/usr/bin:/bin"})
    assert "did not respond" in str(told["lab/key"])
    time.sleep(1.2)
    assert not mark.exists()


def test_value_that_is_no_line_of_text_is_refused(tmp_path: Path) -> None:
    body = "print(json.dumps({'protocolVersion': 1, 'values': {'lab/key': 'sk-0123456789\\r\\nX-Evil: 1'}}))"
    told = ask_source(make_source(tmp_path, body), ["lab/key"], {})["lab/key"]
    assert "has more than one line" in str(told)
    assert "Evil" not in str(told)


@pytest.mark.parametrize("mode", [0o777, 0o757])
@pytest.mark.parametrize("way", ["folder", "folder above", "link", "link of a folder", "link through a folder"])
def test_command_below_a_folder_that_others_can_change_is_not_run(tmp_path: Path, way: str, mode: int) -> None:
    open_folder, safe = tmp_path / "open", tmp_path / "safe"
    for folder in (open_folder, open_folder / "inner", safe):
        folder.mkdir()
    place = {"folder": open_folder, "folder above": open_folder / "inner"}.get(way, safe)
    source = make_source(place)
    (open_folder / "link").symlink_to(safe / "helper")
    (open_folder / "safe").symlink_to(safe)
    (safe / "through").symlink_to(open_folder / "link")
    path = {
        "link": open_folder / "link",
        "link of a folder": open_folder / "safe" / "helper",
        "link through a folder": safe / "through",
    }.get(way, place / "helper")
    open_folder.chmod(mode)
    source = source._replace(command=(str(path),))
    told = str(ask_source(source, ["lab/key"], {})["lab/key"])
    assert f"other users can change the command of the secret source vault: {open_folder};" in told
    assert not (place / "log").exists()
    open_folder.chmod(0o755)
    assert ask_source(source, ["lab/key"], {})["lab/key"] == Secret(KEY)


def test_script_below_a_folder_that_others_can_change_is_not_run(tmp_path: Path) -> None:
    source = make_source(tmp_path)
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "script.py").touch()
    (tmp_path / "open").chmod(0o777)
    told = ask_source(source._replace(command=(*source.command, str(tmp_path / "open" / "script.py"))), ["lab/key"], {})
    assert "other users can change" in str(told["lab/key"])


@pytest.mark.parametrize("argument", ["open", "open/inner", "open/inner/.."])
def test_folder_among_the_arguments_that_others_can_change_is_not_passed(tmp_path: Path, argument: str) -> None:
    source = make_source(tmp_path)
    (tmp_path / "open" / "inner").mkdir(parents=True)
    (tmp_path / "open").chmod(0o777)
    told = ask_source(source._replace(command=(*source.command, f"{tmp_path}/{argument}")), ["lab/key"], {})
    assert f"other users can change the command of the secret source vault: {tmp_path}/open;" in str(told["lab/key"])


def test_relative_links_lead_to_a_command(tmp_path: Path) -> None:
    source = make_source(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "link").symlink_to("../bin/../helper")
    source = source._replace(command=(str(tmp_path / "bin" / "link"),))
    assert ask_source(source, ["lab/key"], {})["lab/key"] == Secret(KEY)


def test_folder_of_another_user_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, owner = make_source(tmp_path), os.geteuid()
    if owner == 0:
        os.chown(tmp_path, 4711, -1)
    else:
        monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    assert "other users can change" in str(ask_source(source, ["lab/key"], {})["lab/key"])


LEFT = "import subprocess; subprocess.Popen(['sleep', '20'], start_new_session=True)\n"


def test_response_counts_although_a_daemon_keeps_the_output_open(tmp_path: Path) -> None:
    started = time.monotonic()
    assert ask_source(make_source(tmp_path, LEFT + ANSWER), ["lab/key"], {})["lab/key"] == Secret(KEY)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("body", ["time.sleep(20)", "os.close(1); time.sleep(20)"])
def test_deadline_holds_although_a_daemon_keeps_the_output_open(tmp_path: Path, body: str) -> None:
    started = time.monotonic()
    source = make_source(tmp_path, f"{LEFT}import time; {body}", timeout_ms=500)
    assert "did not respond within 500 ms" in str(ask_source(source, ["lab/key"], {})["lab/key"])
    assert time.monotonic() - started < 3


def test_long_request_does_not_wait_for_a_command_that_reads_none_of_it(tmp_path: Path) -> None:
    path = tmp_path / "deaf"
    path.write_text("#!/bin/sh\nsetsid sleep 20 <&0 >/dev/null &\n")
    path.chmod(0o700)
    ids = [f"lab/{number:0100}" for number in range(2000)]
    started = time.monotonic()
    told = ask_source(SecretSource("vault", (str(path),)), ids, {})[ids[0]]
    assert "did not print a response" in str(told)
    assert time.monotonic() - started < 3


def test_ctrl_c_ends_the_command(tmp_path: Path) -> None:
    mark = tmp_path / "still-there"
    source = make_source(tmp_path, f"import subprocess; subprocess.run(['/bin/sh', '-c', 'sleep 2; touch {mark}'])")
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        ask_source(source, ["lab/key"], {"PATH": "/usr/bin:/bin"})
    time.sleep(2)
    assert not mark.exists()
