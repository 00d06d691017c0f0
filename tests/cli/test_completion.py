"""Shell completion: the script of each shell, and what the program answers to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.pseudo_terminal import open_terminal
from tests.git.repository import Repo
from tests.running import Run
from text2llm.cli.main import main

PROGRAM = Path(sys.executable).parent / "text2llm"


def complete(shell: str, words: str, position: int) -> list[str]:
    """What the program offers a shell for the word at a position of a command line."""
    asked = {"_TEXT2LLM_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": str(position)}
    if shell == "fish":  # it passes the last word by itself
        asked["COMP_CWORD"] = words.rpartition(" ")[2]
    done = subprocess.run([PROGRAM], env={**os.environ, **asked}, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("shell", "offered"),
    [
        ("bash", ["plain,validate"]),
        ("zsh", ["plain", "validate", "Check configurations and agent files;..."]),
    ],
)
def test_commands_are_offered(shell: str, offered: list[str]) -> None:
    assert complete(shell, "text2llm val", 1) == offered


def test_fish_is_offered_commands() -> None:
    assert complete("fish", "text2llm val", 1) == ["plain,validate\tCheck configurations and agent files;..."]


def test_values_and_options_of_a_command_are_offered() -> None:
    assert complete("bash", "text2llm validate --format s", 3) == ["plain,sarif"]
    assert complete("bash", "text2llm models fallbacks a", 3) == ["plain,add"]
    assert "plain,--strict" in complete("bash", "text2llm validate --s", 2)


CONFIG = """version: 1
agents:
  defaults: {model: lab/big, models: {openai/gpt-5.2: {alias: Swift}}}
  entries: {writer: {}}
models: {providers: {lab: {baseUrl: "http://127.0.0.1:9/v1", models: [{id: small}]}}}
"""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("rule fallback-s", ["plain,fallback-same-provider", "plain,fallback-smaller-context"]),
        ("schema sett", ["plain,settings"]),
        ("models auth login --provider cere", ["plain,cerebras"]),
        ("models list --provider la", ["plain,lab"]),
        ("models set sw", ["plain,Swift"]),
        ("models fallbacks add lab/", ["plain,lab/big", "plain,lab/small"]),
        ("models aliases remove s", ["plain,Swift"]),
        ("models status --agent w", ["plain,writer"]),
        ("resolve --agent w", ["plain,writer"]),
        ("explain wri", ["plain,writer"]),
        ("validate text", ["file,text"]),
        ("models set x --config text", ["file,text"]),
        ("models set zzz", [""]),
    ],
)
def test_names_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, offered: list[str]) -> None:
    (tmp_path / "text2llm.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    line = f"text2llm {words}"
    assert complete("bash", line, line.count(" ")) == offered


#: Commands that store a credential: its name is the user's, as that of a new agent.
NAMED_BY_USER = ("login", "setup-token", "paste-token", "paste-api-key")

CHAINS = """version: 1
agents:
  defaults:
    model: {primary: lab/big, fallbacks: [Swift, "lab/small"]}
    imageModel: {primary: lab/big, fallbacks: [lab/eye]}
    models: {openai/gpt-5.2: {alias: Swift}}
    roles: {title: {primary: lab/big, fallbacks: [lab/tiny]}}
  entries: {writer: {model: {fallbacks: [lab/own]}}}
models: {providers: {lab: {baseUrl: "http://127.0.0.1:9/v1"}}}
"""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("models fallbacks remove ", ["plain,Swift", "plain,lab/small"]),
        ("models fallbacks remove --agent writer ", ["plain,lab/own"]),
        ("models fallbacks remove --role title ", ["plain,lab/tiny"]),
        ("models image-fallbacks remove ", ["plain,lab/eye"]),
        ("models fallbacks remove --agent nobody ", [""]),
    ],
)
def test_only_what_a_chain_has_is_offered_for_removal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, offered: list[str]
) -> None:
    (tmp_path / "text2llm.yaml").write_text(CHAINS)
    monkeypatch.chdir(tmp_path)
    line = f"text2llm {words}"
    assert complete("bash", line, line.count(" ")) == offered


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("diff ", ["plain,HEAD", "plain,feature/a", "plain,main", "plain,v1"]),
        ("diff main..f", ["plain,main..feature/a"]),
        ("diff main...V", ["plain,main...v1"]),
        ("diff main v", ["plain,v1"]),
    ],
)
def test_branches_and_tags_are_offered_to_diff(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, offered: list[str]
) -> None:
    repo = Repo(tmp_path)
    repo.write(text2llm="version: 1\n")
    repo.commit()
    for call in (["branch", "feature/a"], ["tag", "v1"]):
        repo.git(*call)
    monkeypatch.chdir(tmp_path)
    line = f"text2llm {words}"
    assert complete("bash", line, line.count(" ")) == offered


def test_outside_a_repository_no_branch_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert complete("bash", "text2llm diff ", 2) == [""]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("models auth logout a", ["plain,anthropic:work"]),
        ("models auth order set --provider openai ", ["plain,openai:a"]),
        ("models auth refresh ", ["plain,anthropic:work", "plain,openai:a"]),
    ],
)
def test_stored_credentials_are_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, offered: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "agent"
    folder.mkdir(mode=0o700)
    profiles = {
        name: {"type": "api_key", "provider": name.partition(":")[0], "key": "k"}
        for name in ("anthropic:work", "openai:a")
    }
    (folder / "auth-profiles.json").write_text(json.dumps({"version": 1, "profiles": profiles}))
    (folder / "auth-profiles.json").chmod(0o600)
    monkeypatch.setenv("TEXT2LLM_AGENT_DIR", str(folder))
    line = f"text2llm {words}"
    assert complete("bash", line, line.count(" ")) == offered


def list_parameters(command: click.Command, path: str) -> Iterator[tuple[str, click.Parameter]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from list_parameters(below, f"{path} {name}")
    yield from ((path, each) for each in command.params)


def test_every_parameter_of_a_known_kind_is_completed() -> None:
    kinds = {"FILE", "PROVIDER", "PROFILE", "ID", "REF", "ROLE", "[ID]...", "PROFILE..."}
    bare = [
        f"{path} {parameter.name}"
        for path, parameter in list_parameters(main, "text2llm")
        if parameter.metavar in kinds and parameter._custom_shell_complete is None
    ]
    named = [f"text2llm models auth {name} profile_id" for name in NAMED_BY_USER]
    assert bare == ["text2llm models agents add agent", *named]


@pytest.mark.parametrize("text", [None, "a: ["])
def test_without_a_configuration_what_is_built_in_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / "text2llm.yaml").write_text(text)
    assert complete("bash", "text2llm models set x", 3) == [""]
    assert complete("bash", "text2llm models list --provider mistr", 4) == ["plain,mistral"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_is_printed_and_asks_the_program(run: Run, shell: str) -> None:
    done = run("completion", shell)
    assert (done.code, f"_TEXT2LLM_COMPLETE={shell}_complete" in done.out) == (0, True)


def test_script_completes_in_a_real_bash(run: Run, tmp_path: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash here")
    (tmp_path / "script").write_text(run("completion", "bash").out)
    asked = (
        "source ./script; COMP_WORDS=(text2llm mod); COMP_CWORD=1; _text2llm_completion text2llm; echo ${COMPREPLY[@]}"
    )
    environ = {**os.environ, "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", asked], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["models"]


def require(shell: str) -> str:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed: whether its completion works is NOT tested")
    return found


def test_script_completes_in_a_real_fish(run: Run, tmp_path: Path) -> None:
    fish = require("fish")
    (tmp_path / "script").write_text(run("completion", "fish").out)
    environ = {**os.environ, "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    asked = [fish, "--no-config", "-c", "source script; complete -C 'text2llm rule fallback-sa'"]
    done = subprocess.run(asked, env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["fallback-same-provider"]


def test_script_completes_in_a_real_zsh(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zsh = require("zsh")
    (tmp_path / "script").write_text(run("completion", "zsh").out)
    monkeypatch.chdir(tmp_path)
    path = f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"
    with open_terminal("-f", "-i", program=zsh, PATH=path, HOME=str(tmp_path), TERM="dumb") as terminal:
        terminal.type("autoload -Uz compinit && compinit -u -D && source ./script && echo rea''dy\n")
        terminal.expect("ready")
        terminal.type("text2llm rule fallback-sa\t")
        terminal.expect("fallback-same-provider")


def test_environments_and_what_they_add_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text2llm.yaml").write_text(CONFIG)
    (tmp_path / "text2llm.prod.yaml").write_text("environment: prod\nagents: {entries: {watcher: {}}}\n")
    (tmp_path / "text2llm.preview.yaml").write_text("version: 1\n")
    monkeypatch.chdir(tmp_path)
    assert complete("bash", "text2llm models status --env pr", 4) == ["plain,prod"]
    assert complete("bash", "text2llm models status --env prod --agent w", 6) == ["plain,writer", "plain,watcher"]
