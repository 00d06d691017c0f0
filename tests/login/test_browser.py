from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from text2llm.login.browser import can_open_browser, open_browser


@pytest.mark.parametrize(
    ("environ", "platform", "able"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"BROWSER": "firefox"}, "linux", True),
        ({}, "darwin", True),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "1 2 3 4"}, "linux", False),
        ({"SSH_TTY": "/dev/pts/0"}, "darwin", False),
    ],
)
def test_browser_is_started_only_before_the_person(environ: dict[str, str], platform: str, *, able: bool) -> None:
    assert can_open_browser(environ, platform) is able


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Make a shell script the browser; it gives the file in which that may write down what it sees."""

    def install(script: str) -> Path:
        program, seen = tmp_path / "browse", tmp_path / "seen"
        program.write_text(f"#!/bin/sh\nseen={seen}\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("BROWSER", f"{program} %s")
        return seen

    return install


def test_a_browser_gets_the_page_and_neither_reads_nor_prints_here(
    browser: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    seen = browser('echo noise; echo noise >&2; echo "$1" > $seen; cat >> $seen')
    assert open_browser("https://a.example/?x=1", os.environ) is True
    assert seen.read_text() == "https://a.example/?x=1\n"
    os.write(1, b"ours\n")
    assert capfd.readouterr() == ("ours\n", "")


def test_a_browser_in_the_foreground_is_not_waited_for(browser: Callable[[str], Path]) -> None:
    seen = browser('while [ ! -e "$seen" ]; do sleep 0.05; done')
    started = time.monotonic()
    assert open_browser("https://a.example/", os.environ, 0.2) is True
    assert time.monotonic() - started < 5
    seen.touch()


@pytest.mark.parametrize("value", ["'a quote without an end %s", "/nowhere/at-all %s", "false %s"])
def test_a_browser_that_fails_is_no_error(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BROWSER", value)
    assert open_browser("https://a.example/", os.environ) is False


def test_a_browser_gets_no_credential(browser: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    screen = {"DISPLAY": ":7", "WAYLAND_DISPLAY": "wayland-7", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/bus"}
    screen |= {"HOME": "/home/a", "LANG": "C.UTF-8", "XDG_CURRENT_DESKTOP": "GNOME", "XDG_DATA_DIRS": "/usr/share"}
    secret = {"ANTHROPIC_API_KEY": "a", "CORP_PASSPHRASE": "b", "HTTPS_PROXY": "http://u:p@a.example", "LD_PRELOAD": ""}
    for name, value in (screen | secret).items():
        monkeypatch.setenv(name, value)
    seen = browser("env > $seen")
    assert open_browser("https://a.example/", os.environ) is True
    passed = dict(line.split("=", 1) for line in seen.read_text().splitlines() if "=" in line)
    assert screen.items() <= passed.items()
    assert not secret.keys() & passed.keys()
    assert passed["BROWSER"] == os.environ["BROWSER"]


@pytest.mark.parametrize("command", ["./evil %s", "bin/evil %s", "evil %s", "evil"])
@pytest.mark.parametrize("path", ["", ".", ".:bin:", "bin"])
def test_no_program_of_the_working_directory_is_a_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, path: str
) -> None:
    (tmp_path / "bin").mkdir()
    for program in (tmp_path / "evil", tmp_path / "bin" / "evil"):
        program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert open_browser("https://a.example/", {"BROWSER": command, "PATH": path}) is False
    assert not (tmp_path / "ran").exists()


def test_a_second_browser_is_tried_where_the_first_is_refused(browser: Callable[[str], Path]) -> None:
    seen = browser("touch $seen")
    environ = {**os.environ, "BROWSER": f"./evil %s:'open %s:{os.environ['BROWSER']}"}
    assert open_browser("https://a.example/", environ) is True
    assert seen.exists()


def test_python_that_is_gone_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python3")
    assert open_browser("https://a.example/", os.environ) is False
