"""Logins as people make them: at a real terminal, with a company's real OpenID provider."""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.cli.pseudo_terminal import Terminal, open_terminal
from tests.login.browsing import Browser
from tests.login.conftest import oidc  # noqa: F401 - a fixture
from tests.login.oidc_server import Provider
from tests.running import Run

CONFIG = """version: 1
agents:
  defaults:
    model: openai/gpt-5-mini  # for now
    models:
      corp/m1: {alias: house}
models:
  providers:
    corp: {api: openai-completions, baseUrl: "https://llm.corp.example/v1", models: [{id: m1}]}
"""
LOGIN = ("models", "auth", "login", "--provider", "corp", "--no-keyring")


def home() -> Path:
    return Path(os.environ["TEXT2LLM_HOME"])


def stored() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(
        (home() / "data" / "agents" / "main" / "agent" / "auth-profiles.json").read_text()
    )["profiles"]
    return found


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def company(oidc: Provider, tmp_path: Path) -> Provider:  # noqa: F811 - the fixture
    (home() / "config").mkdir(parents=True)
    settings = home() / "config" / "settings.yaml"
    scopes = "[openid, offline_access, email]"
    settings.write_text(f"oidc:\n  corp: {{issuer: '{oidc.issuer}', clientId: text2llm-tests, scopes: {scopes}}}\n")
    settings.chmod(0o600)
    (tmp_path / "text2llm.yaml").write_text(CONFIG)
    return oidc


def shown_url(terminal: Terminal, after: str) -> str:
    terminal.expect(after)
    terminal.expect("\n")
    found = re.findall(r"(http://127\.0\.0\.1:\d+/(?:auth|device)\S*)\r?\n", terminal.shown)
    assert found, terminal.shown
    return str(found[-1])


def trust_it(terminal: Terminal) -> None:
    terminal.expect("Do you trust it? [y/N]: ")
    terminal.type("y\n")


def test_paste_code_logs_in_stores_binds_and_sets_the_default(company: Provider, tmp_path: Path) -> None:
    with open_terminal(*LOGIN, "--method", "paste-code", "--set-default") as terminal:
        trust_it(terminal)
        terminal.expect("Code or address (not shown)")
        page = shown_url(terminal, "code_challenge_method")
        browser = Browser(until=parse_qs(urlsplit(page).query)["redirect_uri"][0])
        address = browser.visit(page)
        terminal.type(f"{address}\n")
        assert terminal.finish() == 0, terminal.shown
    profile = stored()["corp:default"]
    assert (profile["type"], profile["provider"], profile["email"]) == ("oauth", "corp", "ada@corp.example")
    code = parse_qs(urlsplit(address).query)["code"][0]
    for secret in (code, str(profile["access"]), str(profile["refresh"])):
        assert secret not in terminal.shown
    assert "granted: profile:corp:default may be sent to https://llm.corp.example" in terminal.shown
    assert "+    model: corp/m1  # for now" in terminal.shown
    assert (tmp_path / "text2llm.yaml").read_text() == CONFIG.replace("openai/gpt-5-mini", "corp/m1")
    assert company.issuer not in (home() / "data/agents/main/agent/auth-profiles.json").read_text()


def test_a_browser_on_this_machine_comes_back_by_itself(company: Provider, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    program = tmp_path / "browse"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}.part; mv {opened}.part {opened}\n')
    program.chmod(0o755)
    with open_terminal(*LOGIN, BROWSER=f"{program} %s", SSH_CONNECTION="", SSH_TTY="", SSH_CLIENT="") as terminal:
        trust_it(terminal)
        terminal.expect("Waiting for you to come back")
        page = opened.read_text()
        assert page in terminal.shown
        threading.Thread(target=Browser(until="nowhere").visit, args=(page,)).start()
        assert terminal.finish() == 0, terminal.shown
    assert stored()["corp:default"]["type"] == "oauth"


@pytest.mark.slow
def test_a_device_code_needs_no_terminal(company: Provider, run: Run) -> None:
    import subprocess

    from tests.cli.pseudo_terminal import PROGRAM

    command = [PROGRAM, *LOGIN, "--method", "device-code", "--origin", "https://llm.corp.example", "--json"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = ""
    while not (found := re.search(r"http://127\.0\.0\.1:\d+/device\?user_code=\S+", said)):
        line = process.stderr.readline()
        assert line, said
        said += line
    Browser(until="nowhere").visit(found[0])
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0, out
    assert json.loads(out)["profileId"] == "corp:default"
    refreshed = json.loads(run("models", "auth", "refresh", "corp:default", "--force", "--json").out)
    assert refreshed["results"][0]["outcome"] == "refreshed"
    assert run("models", "auth", "refresh").out == "corp:default: still good\n"


@pytest.mark.parametrize(
    ("method", "waiting"), [("pkce-loopback", "Ctrl-C gives up"), ("paste-code", "Code or address (not shown): ")]
)
def test_ctrl_c_leaves_nothing(company: Provider, method: str, waiting: str) -> None:
    with open_terminal(*LOGIN, "--method", method, "--no-browser") as terminal:
        trust_it(terminal)
        terminal.expect(waiting)
        terminal.type("\x03")
        assert terminal.finish() == 130
    assert not (home() / "data").exists() or not list((home() / "data").rglob("auth-profiles.json"))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ("--provider corp", 64, "choose one that is not interactive: --method device-code or --method api-key"),
        ("--provider corp --method pkce-loopback", 64, "needs a terminal"),
        ("--provider corp --method magic", 64, "it offers: pkce-loopback, device-code, paste-code, api-key"),
        ("--provider github-copilot --method device-code", 1, "register your own client"),
        ("--provider antrhopic --method api-key", 64, "did you mean anthropic"),
        ("--provider ollama", 64, "the provider offers no login"),
        ("--provider corp --method device-code --set-default --json", 64, "cannot be combined"),
        ("--provider corp --method device-code", 4, "add --origin https://llm.corp.example"),
        ("--provider groq --method api-key --set-default", 1, "mentions no model of groq"),
    ],
)
def test_refusals_say_what_would_work(company: Provider, run: Run, arguments: str, code: int, says: str) -> None:
    done = run("models", "auth", "login", *arguments.split())
    assert done.code == code
    assert says in done.err + done.out


def test_a_gateway_needs_no_config(company: Provider, run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").unlink()
    with open_terminal(*LOGIN, "--method", "paste-code") as terminal:
        page = shown_url(terminal, "code_challenge_method")
        browser = Browser(until=parse_qs(urlsplit(page).query)["redirect_uri"][0])
        terminal.expect("Code or address (not shown)")
        terminal.type(f"{browser.visit(page)}\n")
        assert terminal.finish() == 0, terminal.shown
    assert "text2llm trust allow" in terminal.shown


def test_api_key_by_login_from_standard_input(run: Run) -> None:
    key = "gsk_" + "a1B2" * 13
    done = run("models", "auth", "login", "--provider", "groq", "--method", "api-key", stdin=f"{key}\n")
    assert done.code == 0, done
    assert key not in done.out + done.err
    assert stored()["groq:manual"]["key"] == key


def test_a_gateway_takes_a_key_too(company: Provider, run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").unlink()
    done = run("models", "auth", "login", "--provider", "corp", "--method", "api-key", stdin="corp-key-0123456789\n")
    assert done.code == 0, done
    assert stored()["corp:manual"]["key"] == "corp-key-0123456789"


def test_add_leads_through_a_key(run: Run) -> None:
    key = "gsk_" + "a1B2" * 13
    with open_terminal("models", "auth", "add", PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring") as terminal:
        terminal.expect("Provider, such as anthropic: ")
        terminal.type("grok2\n")
        terminal.expect("did you mean")
        terminal.expect("Provider, such as anthropic: ")
        terminal.type("Groq\n")
        terminal.expect("Profile id (empty: the default): ")
        terminal.type("groq:work\n")
        terminal.expect("(not shown): ")
        terminal.type(f"{key}\n")
        assert terminal.finish() == 0, terminal.shown
    assert key not in terminal.shown
    assert stored()["groq:work"]["key"] == key
    assert run("models", "auth", "add").code == 64


def test_a_provider_that_serves_nobody_yet_names_what_works_now() -> None:
    with open_terminal("models", "auth", "login", "--provider", "anthropic", "--no-browser") as terminal:
        terminal.expect("hint: --method setup-token; or --method api-key; or register your own client")
        assert terminal.finish() == 1
