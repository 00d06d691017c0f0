from __future__ import annotations

import getpass
import io
import sys

import pytest

from tests.running import Run
from text2llm.cli.terminal import prompts
from text2llm.cli.terminal.prompts import PromptError, ask_secret, obtain_secret


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (getpass.GetPassWarning("Can not control echo"), "this terminal cannot hide what is typed"),
        (UnicodeDecodeError("utf-8", b"canary\xff", 6, 7, "invalid start byte"), "the input is not valid text"),
    ],
)
def test_terminal_that_fails_is_told(monkeypatch: pytest.MonkeyPatch, failure: Exception, says: str) -> None:
    def fail(prompt: str) -> str:
        raise failure

    monkeypatch.setattr(getpass, "getpass", fail)
    with pytest.raises(PromptError, match=says) as caught:
        ask_secret("key: ")
    assert caught.value.hint
    assert "canary" not in caught.value.message


def test_terminal_is_asked_and_a_pipe_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda prompt: f"answer to {prompt}")
    monkeypatch.setattr(prompts, "has_terminal", lambda: True)
    assert obtain_secret("key: ", "command") == "answer to key: "
    monkeypatch.setattr(prompts, "has_terminal", lambda: False)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"piped \xff\n")))
    assert obtain_secret("key: ", "command") == "piped \udcff\n"


def test_mistyped_command_is_named_with_a_guess(run: Run) -> None:
    done = run("models", "auth", "lsit")
    assert (done.code, "Did you mean 'list'?" in done.err) == (64, True)
    done = run("models", "auth", "order", "gett", "--provider", "anthropic")
    assert done.code == 64
