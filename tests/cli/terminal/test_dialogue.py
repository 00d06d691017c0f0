"""What a login says and asks at a terminal."""

from __future__ import annotations

import signal
import threading

import pytest

from text2llm.cli.terminal import dialogue
from text2llm.cli.terminal.dialogue import TerminalDialogue
from text2llm.login.errors import LoginError
from text2llm.secret import Secret

HERE = TerminalDialogue(browser=False)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "http://acme.example/", "https://a/ b"])
def test_only_web_pages_are_opened(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LoginError, match="must not be opened"):
        HERE.open_page(url)
    assert capsys.readouterr().err == ""


def test_a_page_is_shown_where_no_browser_may_be_started(capsys: pytest.CaptureFixture[str]) -> None:
    assert HERE.open_page("https://acme.example/go?a=1#b") is False
    assert capsys.readouterr().err == "https://acme.example/go?a=1#b\n"


def test_what_is_said_acts_on_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    HERE.say("::error::\x1b[2J")
    assert capsys.readouterr().err == ": :error::\\x1b[2J\n"


def test_a_question_is_ended_by_ctrl_c_and_the_program_by_what_was_before(monkeypatch: pytest.MonkeyPatch) -> None:
    during = []

    def ask(_: str) -> str:
        during.append(signal.getsignal(signal.SIGINT))
        return " typed "

    monkeypatch.setattr(dialogue, "ask_secret", ask)
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        assert HERE.ask_secret("Code") == Secret("typed")
        ours = signal.getsignal(signal.SIGINT)
        thread = threading.Thread(target=HERE.ask_secret, args=("Code",))
        thread.start()
        thread.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert during == [signal.default_int_handler, ours]


def test_no_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "ask_secret", lambda _: "")
    with pytest.raises(LoginError, match="nothing was entered"):
        HERE.ask_secret("Code")
