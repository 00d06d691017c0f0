"""A group without a command shows its help: that is what a newcomer types first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.running import Run
from text2llm.cli.lazy import SuggestingGroup
from text2llm.cli.main import main


@pytest.mark.parametrize("group", [(), ("models", "aliases"), ("models", "fallbacks"), ("models", "auth", "order")])
def test_a_group_without_a_command_shows_its_help(run: Run, group: tuple[str, ...]) -> None:
    done = run(*group)
    assert (done.code, done.out) == (64, "")
    assert done.err.startswith(f"Usage: {' '.join(('text2llm', *group))} [OPTIONS] COMMAND [ARGS]...\n\n  ")
    assert "\nCommands:\n  " in done.err


def test_a_mistyped_command_is_told_the_near_one(run: Run) -> None:
    done = run("valdate")
    assert (done.code, done.err) == (
        64,
        "error: No such command 'valdate'. Did you mean 'validate'?\nhint: run `text2llm --help`\n",
    )


@pytest.mark.parametrize("command", ["set", "status", "aliases"])
def test_a_command_of_a_group_is_told_where_it_is(command: str, run: Run) -> None:
    done = run(command)
    assert done.err.splitlines()[0] == f"error: No such command '{command}'. Did you mean 'models {command}'?"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lint", "validate"),
        ("doctor", "models status --check"),
        ("models ls", "list"),
        ("models unset", "fallbacks clear"),
        ("models fallback", "fallbacks"),
    ],
)
def test_a_word_of_other_tools_is_understood(typed: str, meant: str, run: Run) -> None:
    assert run(*typed.split()).err.splitlines()[0].endswith(f"Did you mean '{meant}'?")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("models set mini --agent", "run `text2llm models set --help`"),
        ("--config x.yaml models status", "put options after the command; run `text2llm --help`"),
        ("models --agent coder status", "put options after the command; run `text2llm models --help`"),
        ("models list --nonsense", "run `text2llm models list --help`"),
        ("models list --jsn", "did you mean --json? run `text2llm models list --help`"),
        ("models set --provider lab", "it takes REF without an option; run `text2llm models set --help`"),
        ("models status coder", "it takes options only; run `text2llm models status --help`"),
        ("rule a b", "it takes [ID] without an option; run `text2llm rule --help`"),
    ],
)
def test_wrong_usage_leads_to_the_help_of_its_command(typed: str, hint: str, run: Run) -> None:
    done = run(*typed.split())
    assert (done.code, done.err.splitlines()[-1]) == (64, f"hint: {hint}")


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("models auth remove x", "Did you mean 'logout'?"),
        ("models auth logut", "Did you mean 'logout'?"),
        ("models fallbacks delete", "Did you mean 'remove'?"),
        ("models aliases rm", "Did you mean 'remove'?"),
        ("models auth order reset", "Did you mean 'clear'?"),
        ("trust delete", "Did you mean 'revoke'?"),
        ("trust remov", "Did you mean 'revoke'?"),
        ("plugins ls", "Did you mean 'list'?"),
        ("plugins enable", "Known: list."),
        ("logout", "Did you mean 'models auth logout'?"),
        ("revoke", "Did you mean 'trust revoke'?"),
        ("models remove", "Did you mean 'aliases remove' or 'fallbacks remove' or 'image-fallbacks remove'?"),
    ],
)
def test_an_unknown_command_is_answered_with_one_that_exists(typed: str, suggested: str, run: Run) -> None:
    assert run(*typed.split()).err.splitlines()[0].endswith(suggested)


@pytest.mark.parametrize(
    ("typed", "error", "hint"),
    [
        ("logout --provider lab", "there is no such option: --provider", "it takes ID without an option; secrets are"),
        ("list --jsn", "there is no such option: --jsn", "did you mean --json? secrets are"),
        ("paste-api-key --provider a --token", "there is no such option: --token", "it takes options only; secrets"),
        (
            "paste-token --provider a --Pasted-9",
            "there is no such option: word 3 after `text2llm models auth paste-",
            "",
        ),
        ("logout a b", "too many arguments", "it takes ID without an option; secrets are"),
    ],
)
def test_a_command_for_secrets_names_the_option_that_it_does_not_have(
    typed: str, error: str, hint: str, run: Run
) -> None:
    first, second = run("models", "auth", *typed.split()).err.splitlines()
    assert first.startswith(f"error: {error}")
    assert second.startswith(f"hint: {hint}")


def _groups(command: click.Command) -> Iterator[click.Group]:
    if isinstance(command, click.Group):
        yield command
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _groups(found)


def test_every_group_suggests() -> None:
    assert [group.name for group in _groups(main) if not isinstance(group, SuggestingGroup)] == []


def _commands(command: click.Command, *path: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _commands(found, *path, name)


COMMANDS = dict(_commands(main))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_told_to_use_no_colour(name: str) -> None:
    assert any("--no-color" in parameter.opts for parameter in COMMANDS[name].params)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_told_to_be_quiet(name: str) -> None:
    assert any(parameter.opts == ["-q", "--quiet"] for parameter in COMMANDS[name].params)


@pytest.mark.parametrize("arguments", [("-q", "validate"), ("validate", "-q"), ("--quiet", "validate", "--quiet")])
def test_a_quiet_command_prints_results_and_no_notes(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\nx: 1\n")
    quiet, usual = run(*arguments), run("validate")
    assert (quiet.code, quiet.out, quiet.err) == (usual.code, usual.out, "")
    assert usual.err == "1 file checked: 1 error\n"


def test_a_quiet_command_prints_errors_and_warnings(run: Run, tmp_path: Path) -> None:
    assert run("models", "status", "-q").err.startswith("error: no text2llm.yaml")
    (tmp_path / "text2llm.yaml").write_text("version: 1\n")
    assert "warning: " in run("models", "set", "nobody-knows", "-q").err


@pytest.mark.parametrize(
    ("variables", "colored"),
    [
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "3", "TERM": "dumb"}, True),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({}, False),
    ],
)
def test_color_off_a_terminal_is_for_who_asks(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, variables: dict[str, str], colored: bool
) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\nagents: {defaults: {model: openai/gpt-5.2}}\n")
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for command in (("models", "status"), ("validate", "none.yaml"), ("explain", "openai")):
        assert ("\x1b[" in run(*command).out) is colored
    assert "\x1b[" not in run("models", "status", "--no-color").out + run("models", "status", "--json").out
