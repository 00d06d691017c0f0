from __future__ import annotations

import os
import webbrowser
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


def test_a_browser_gets_the_page_and_prints_nothing_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "browse"
    program.write_text(f'#!/bin/sh\necho noise; echo noise >&2; echo "$1" > {tmp_path}/seen\n')
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{program} %s")
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    assert open_browser("https://a.example/?x=1") is True
    assert (tmp_path / "seen").read_text() == "https://a.example/?x=1\n"
    os.write(1, b"ours\n")
    assert capfd.readouterr() == ("ours\n", "")


def test_no_browser_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "_tryorder", [])
    assert open_browser("https://a.example/") is False
