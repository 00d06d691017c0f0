"""Secrets at a real terminal: asked for without echo, and nothing left behind when somebody gives up."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.auth import file_keyring
from tests.cli.pseudo_terminal import PROGRAM, Terminal, open_terminal
from tests.status.world import write_config

KEY = "pplx-" + "a1B2" * 12
LAB_KEY = "lab-key-of-thirty-characters-1"
PASTE = ("models", "auth", "paste-api-key", "--provider", "perplexity")
PASTE_LAB = ("models", "auth", "paste-api-key", "--provider", "lab")
PROMPT = "API key of perplexity, to be stored as perplexity:manual in "
#: No keyring: the desktop of whoever runs the tests must not be asked.
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
LAB = {"models": {"providers": {"lab": {"api": "openai-completions", "baseUrl": "https://llm.corp.example/v1"}}}}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def home() -> Path:
    return Path(os.environ["TEXT2LLM_HOME"])


def store() -> Path:
    return home() / "data/agents/main/agent/auth-profiles.json"


def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(store().read_text())["profiles"]
    return found


def files() -> list[str]:
    return sorted(path.name for path in home().rglob("*") if path.is_file())


def finish_with(terminal: Terminal, code: int, says: str) -> None:
    assert (terminal.finish(), says in terminal.shown) == (code, True), terminal.shown


def test_pasted_key_is_not_shown() -> None:
    with open_terminal(*PASTE, **NO_KEYRING) as terminal:
        terminal.expect(PROMPT)
        terminal.expect("(not shown): ")
        terminal.type(f"{KEY}\n")
        finish_with(terminal, 0, "stored perplexity:manual (api_key, sha256:")
        assert KEY[:12] not in terminal.shown
    assert stored()["perplexity:manual"]["key"] == KEY


@pytest.mark.parametrize("typed", ["", KEY])
def test_giving_up_leaves_nothing(typed: str) -> None:
    with open_terminal(*PASTE, **NO_KEYRING) as terminal:
        terminal.expect("(not shown): ")
        terminal.type(typed)
        assert (terminal.give_up(), "interrupted" in terminal.shown) == (130, True), terminal.shown
        assert KEY[:12] not in terminal.shown
    assert files() == []


@pytest.mark.parametrize(("typed", "says"), [("\n", "is empty"), ("\x04", "is empty"), ("two words\n", "white space")])
def test_wrong_answer_leaves_nothing(typed: str, says: str) -> None:
    with open_terminal(*PASTE, **NO_KEYRING) as terminal:
        terminal.expect("(not shown): ")
        terminal.type(typed)
        finish_with(terminal, 1, says)
    assert files() == []


def test_error_after_the_end_of_input_stands_on_a_line_of_its_own() -> None:
    with open_terminal(*PASTE, **NO_KEYRING) as terminal:
        terminal.expect("(not shown): ")
        terminal.type("\x04")
        finish_with(terminal, 1, "(not shown): \r\nerror: the input is empty")


def test_unknown_provider_is_answered_with_what_can_be_done() -> None:
    with open_terminal("models", "auth", "add", **NO_KEYRING) as terminal:
        terminal.expect("Provider, such as anthropic: ")
        terminal.type("opnai\n")
        terminal.expect("did you mean openai?\r\n")
        terminal.type("zzzzzzzz\n")
        command = "text2llm models auth paste-api-key --provider ID --origin https://HOST"
        terminal.expect(f"run `{command}`\r\nProvider, such as anthropic: ")
        assert (terminal.give_up(), "interrupted" in terminal.shown) == (130, True), terminal.shown


def test_line_that_the_terminal_cut_is_refused() -> None:
    with open_terminal("models", "auth", "paste-token", "--provider", "litellm", **NO_KEYRING) as terminal:
        terminal.expect("(not shown): ")
        for _ in range(5):
            terminal.type("k" * 1000)
        terminal.type("\n")
        finish_with(terminal, 1, "the terminal cuts lines of this length")
    assert files() == []


def test_setup_token_says_what_makes_one() -> None:
    with open_terminal("models", "auth", "setup-token", **NO_KEYRING) as terminal:
        terminal.expect("`claude setup-token` makes a setup token")
        terminal.expect("setup token of anthropic, to be stored as anthropic:manual in ")
        terminal.type("sk-ant-oat01-" + "a1_B" * 17 + "\n")
        finish_with(terminal, 0, "stored anthropic:manual (token, sha256:")


def test_origin_of_a_configuration_is_shown_and_confirmed() -> None:
    write_config(LAB)
    with open_terminal(*PASTE_LAB, **NO_KEYRING) as terminal:
        terminal.expect("text2llm.yaml:7:16 sends the credential of lab to https://llm.corp.example. Do you trust it?")
        terminal.type("y\n")
        terminal.expect("(not shown): ")
        terminal.type(f"{LAB_KEY}\n")
        finish_with(terminal, 0, "granted: profile:lab:manual may be sent to https://llm.corp.example")
    assert "https://llm.corp.example" in (home() / "config/settings.yaml").read_text()


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_origin_that_nobody_confirms_gets_nothing(answer: str) -> None:
    write_config(LAB)
    with open_terminal(*PASTE_LAB, **NO_KEYRING) as terminal:
        terminal.expect("Do you trust it?")
        terminal.type(answer)
        finish_with(terminal, 1, "nothing was stored")
    assert files() == []


@pytest.mark.parametrize(("answer", "in_keyring"), [("y\n", True), ("\n", False)])
def test_keyring_is_offered_where_one_works(tmp_path: Path, answer: str, in_keyring: bool) -> None:  # noqa: FBT001
    entries = tmp_path / "entries.json"
    environ = {
        "PYTHON_KEYRING_BACKEND": "tests.auth.file_keyring.FileKeyring",
        "PYTHONPATH": str(Path(__file__).parents[4]),
        file_keyring.VARIABLE: str(entries),
    }
    with open_terminal(*PASTE, **environ) as terminal:
        terminal.expect("Keep it in the system's keyring?")
        terminal.type(answer)
        terminal.expect("(not shown): ")
        terminal.type(f"{KEY}\n")
        finish_with(terminal, 0, "stored perplexity:manual")
    assert (entries.exists(), KEY in store().read_text()) == (in_keyring, not in_keyring)


@pytest.mark.parametrize("stdin", [subprocess.DEVNULL, None])
def test_without_a_terminal_nobody_is_asked(stdin: int | None) -> None:
    read, write = os.pipe()
    os.close(write)
    program = [PROGRAM, *PASTE]
    done = subprocess.run(
        program, stdin=read if stdin is None else stdin, capture_output=True, text=True, timeout=30, check=False
    )
    os.close(read)
    assert (done.returncode, done.stdout) == (64, "")
    assert "`text2llm models auth paste-api-key --provider perplexity < file`" in done.stderr


def test_closed_standard_input_asks_nobody() -> None:
    line = f"{PROGRAM} {' '.join(PASTE)} <&-"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, "standard input is empty" in done.stderr) == (64, True)
