"""``text2llm trust``: what a person grants at a terminal lands in their settings, and nowhere else."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_output_schemas import obey
from tests.running import Run

LAB = ("--credential", "env:LAB_API_KEY", "--origin", "https://llm.corp.example")
HEADER = (
    "# yaml-language-server: $schema=https://text2llm.dev/schemas/settings.schema.json\n"
    "# Settings of text2llm for you on this machine: grants, login clients, plugins, network. For no repository.\n"
    "\n"
)
GRANTED = HEADER + 'trust:\n  - {credential: "env:LAB_API_KEY", origin: "https://llm.corp.example"}\n'


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("io.TextIOWrapper", Terminal)


on_a_terminal = pytest.mark.usefixtures("_terminal")


@pytest.fixture
def settings() -> Path:
    return Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")


def write(settings: Path, text: str) -> None:
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(text)
    settings.chmod(0o600)


@on_a_terminal
def test_allow_shows_the_diff_and_makes_a_private_file(run: Run, settings: Path) -> None:
    done = run("trust", "allow", *LAB)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(
        '+  - {credential: "env:LAB_API_KEY", origin: "https://llm.corp.example"}\n'
        "change   granted: env:LAB_API_KEY may be sent to https://llm.corp.example\n"
        f"applied to {settings}\n"
    )
    assert settings.read_text() == GRANTED
    assert (settings.stat().st_mode & 0o777, settings.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_allow_on_a_real_terminal(run: Run, settings: Path, tmp_path: Path) -> None:
    keyboard, terminal = pty.openpty()
    program = [str(Path(sys.executable).parent / "text2llm"), "trust", "allow", *LAB]
    process = subprocess.Popen(program, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    shown, told = process.communicate(timeout=30)
    os.close(keyboard)
    os.close(terminal)
    assert (process.returncode, told) == (0, b"")
    assert b"granted: env:LAB_API_KEY" in shown
    assert settings.read_text() == GRANTED
    assert json.loads(run("trust", "list", "--json").out)["grants"][0]["location"]["line"] == 5


def test_without_a_terminal_nothing_is_granted_and_the_variable_is_named(run: Run, settings: Path) -> None:
    done = run("trust", "allow", *LAB)
    assert done.code == 4
    assert done.err == (
        "error: a grant needs a person at a terminal\n"
        'hint: on a machine, set TEXT2LLM_TRUSTED_ORIGINS="env:LAB_API_KEY=https://llm.corp.example" '
        "where no commit can change it\n"
    )
    assert not settings.exists()
    assert run("trust", "allow", *LAB, "--yes").code == 64
    obey("outputs/error", run("trust", "allow", *LAB, "--json").out)


def test_dry_run_needs_no_terminal_and_writes_nothing(run: Run, settings: Path) -> None:
    done = run("trust", "allow", *LAB, "--dry-run", "--json")
    obey("outputs/edit", done.out)
    document = json.loads(done.out)
    assert (document["path"], document["applied"]) == (str(settings), False)
    assert document["changes"] == [
        {
            "action": "set",
            "pointer": ["trust"],
            "value": [{"credential": "env:LAB_API_KEY", "origin": "https://llm.corp.example"}],
        }
    ]
    assert [(each["kind"], each["message"]) for each in document["meaning"]] == [
        ("grant-added", "granted: env:LAB_API_KEY may be sent to https://llm.corp.example")
    ]
    assert run("trust", "allow", *LAB, "--dry-run").err == "not applied\n"
    assert not settings.parent.exists()


@on_a_terminal
def test_same_grant_twice_says_where_it_is(run: Run, settings: Path) -> None:
    run("trust", "allow", *LAB)
    done = run("trust", "allow", *LAB[:3], "https://LLM.corp.example:443/")
    assert (done.code, done.out) == (0, "no changes\n")
    assert f"env:LAB_API_KEY may be sent to https://llm.corp.example already: {settings}:5:5" in done.err
    assert settings.read_text() == GRANTED
    obey("outputs/edit", run("trust", "allow", *LAB, "--json").out)


@on_a_terminal
def test_comments_mode_and_the_rest_of_the_file_stay(run: Run, settings: Path) -> None:
    text = "# mine\ntrust: # careful\n- credential: env:A # a\n  origin: https://a.example\nplugins: [x]   # later\n"
    write(settings, text)
    settings.chmod(0o640)
    assert run("trust", "allow", *LAB).code == 0
    new = '- {credential: "env:LAB_API_KEY", origin: "https://llm.corp.example"}\n'
    assert settings.read_text() == text.replace("plugins", f"{new}plugins")
    assert settings.stat().st_mode & 0o777 == 0o640
    assert run("trust", "revoke", "--credential", "env:LAB_API_KEY").code == 0
    assert settings.read_text() == text


def test_revoke_needs_no_terminal(run: Run, settings: Path) -> None:
    write(settings, GRANTED)
    done = run("trust", "revoke", *LAB, "--json")
    obey("outputs/edit", done.out)
    assert json.loads(done.out)["applied"] is True
    assert settings.read_text() == HEADER + "trust: []\n"
    assert run("trust", "list").out.startswith("no grants: ")


@pytest.mark.parametrize("text", ["trust: [{credential: env:A}]\n", "trust: []\ntrust: []\n", "plugns: []\n"])
@on_a_terminal
def test_broken_settings_are_not_edited(run: Run, settings: Path, text: str) -> None:
    write(settings, text)
    for command in (("allow", *LAB), ("revoke", *LAB), ("list",)):
        done = run("trust", *command)
        assert done.code == 1
        assert f"error: {settings}:" in done.err
        assert "hint:" in done.err
    assert settings.read_text() == text


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("allow", "--credential", "env:A"), 64, "Missing option '--origin'"),
        (("allow", "--origin", "https://a.example"), 64, "Missing option '--credential'"),
        (("allow", "--credential", "sk-live-1", "--origin", "https://a.example"), 64, "is not a credential name"),
        (("allow", "--credential", "login:x", "--origin", "https://a.example"), 64, "is not a credential name"),
        (("allow", "--credential", "env:A", "--origin", "http://api.openai.com"), 64, "host of a built-in provider"),
        (("allow", "--credential", "env:A", "--origin", "https://a.example/v1"), 64, "--origin: the URL has a path"),
        (("revoke", "--credential", "env:A"), 1, "no grant of the settings lets env:A be sent anywhere"),
        (("list", "--provider", "anthropc"), 64, "no provider 'anthropc' comes with text2llm"),
        (("list", "--provider", "0"), 64, "`text2llm trust list --all` names all of them"),
    ],
)
@on_a_terminal
def test_refusals(run: Run, settings: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = run("trust", *arguments)
    assert done.code == code
    assert says in done.err
    assert "hint:" in done.err
    assert "sk-live" not in done.err
    assert not settings.exists()


def test_list_shows_each_grant_with_its_place(run: Run, settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(settings, GRANTED)
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", "provider:z.ai=https://b.example")
    assert run("trust", "list").out == (
        "CREDENTIAL       ORIGIN                    FROM\n"
        f"env:LAB_API_KEY  https://llm.corp.example  {settings}:5:5\n"
        "provider:zai     https://b.example         TEXT2LLM_TRUSTED_ORIGINS\n"
    )
    document = json.loads(run("trust", "list", "--json").out)
    obey("outputs/trust-list", json.dumps(document))
    assert [each["source"] for each in document["grants"]] == ["settings", "environment"]
    assert document["grants"][1]["location"] is None
    assert document["builtIn"] is None


def test_list_shows_what_comes_with_text2llm(run: Run, settings: Path) -> None:
    write(settings, "oidc: {corp: {issuer: 'https://login.corp.example', clientId: c}}\n")
    assert run("trust", "list", "--provider", "Claude").out.splitlines()[1:] == [
        "provider:anthropic  https://api.anthropic.com    built in, for ANTHROPIC_API_KEY, ANTHROPIC_OAUTH_TOKEN too",
        "login:anthropic     https://platform.claude.com  for its login only",
    ]
    document = json.loads(run("trust", "list", "--all", "--json").out)
    obey("outputs/trust-list", json.dumps(document))
    bound = {each["provider"]: each for each in document["builtIn"]}
    assert bound["openai"] == {
        "provider": "openai",
        "variables": ["OPENAI_API_KEY"],
        "origins": ["https://api.openai.com"],
        "loginOrigins": [],
    }
    assert bound["corp"]["loginOrigins"] == ["https://login.corp.example"]
    assert bound["vllm"]["origins"] == []


@on_a_terminal
def test_notes_are_told_apart_from_data(run: Run) -> None:
    done = run("trust", "allow", "--credential", "provider:nobody", "--origin", "https://a.example", "--json")
    assert "no built-in provider has that name" in done.err
    assert [each["rule"] for each in json.loads(done.out)["warnings"]] == ["unknown-provider"]


def test_settings_can_be_validated(run: Run, settings: Path) -> None:
    write(settings, GRANTED + "plugins: [a b]\n")
    done = run("validate", str(settings))
    assert done.code == 1
    assert "'plugins', item 1: expected the name of a plugin" in done.out + done.err
    write(settings, GRANTED)
    assert run("validate", str(settings)).code == 0
    write(settings, GRANTED + "# sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg\n")
    assert "secret-in-config" in run("validate", str(settings)).out
