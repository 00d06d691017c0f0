from __future__ import annotations

import os
import time
import webbrowser
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
        monkeypatch.setattr(webbrowser, "_tryorder", None)
        return seen

    return install


def test_a_browser_gets_the_page_and_neither_reads_nor_prints_here(
    browser: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    seen = browser('echo noise; echo noise >&2; echo "$1" > $seen; cat >> $seen')
    assert open_browser("https://a.example/?x=1") is True
    assert seen.read_text() == "https://a.example/?x=1\n"
    os.write(1, b"ours\n")
    assert capfd.readouterr() == ("ours\n", "")


def test_a_browser_in_the_foreground_is_not_waited_for(browser: Callable[[str], Path]) -> None:
    seen = browser('while [ ! -e "$seen" ]; do sleep 0.05; done')
    started = time.monotonic()
    assert open_browser("https://a.example/", 0.2) is True
    assert time.monotonic() - started < 5
    seen.touch()


@pytest.mark.parametrize("value", ["'a quote without an end %s", "/nowhere/at-all %s", "false %s"])
def test_a_browser_that_fails_is_no_error(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BROWSER", value)
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    assert open_browser("https://a.example/") is False
