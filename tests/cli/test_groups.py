"""A group without a command shows its help: that is what a newcomer types first."""

from __future__ import annotations

import pytest

from tests.running import Run


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
