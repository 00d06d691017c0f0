"""No command shows a secret, whatever the place it lives in, the mode, and what goes wrong."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.canary.canaries import CANARIES, hunt, spellings, value
from tests.canary.table import COMMANDS, ROWS, Row, misuses, modes
from tests.canary.world import WORLDS, hunt_files, plant, tracked_files
from tests.running import Done, Run
from text2llm.errors import Text2llmError
from text2llm.secret import held_values

_WHOLE_WORLDS = frozenset({"good", "literal secrets in the config"})


@pytest.fixture
def planted(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Run a command in a fresh world; the hunt is part of it."""

    def call(arguments: list[str], row: Row, world: str = "good") -> Done:
        plant(monkeypatch)
        if "saved.json" in arguments:
            run("models", "set", "openai/gpt-5.2", "--out", "saved.json")
        WORLDS[world]()
        before = tracked_files()
        done = run(*arguments, stdin=row.stdin)
        assert hunt(f"{done.out}\n{done.err}") == {}, arguments
        assert hunt_files(before, row.stored) == {}, arguments
        assert "Traceback" not in done.err, arguments
        return done

    return call


def _calls(name: str, world: str) -> Iterator[tuple[list[str], Row]]:
    """Every row in every mode; where most commands stop early, the first ones do."""
    most = None if world in _WHOLE_WORLDS else 2
    for row in ROWS[name][:most]:
        for mode in modes(name)[:most]:
            yield shlex.split(f"{name} {row.arguments} {mode}"), row


def test_every_command_has_a_row() -> None:
    assert sorted(ROWS) == sorted(COMMANDS)


def test_hunt_sees_every_canary_in_every_spelling() -> None:
    for canary in CANARIES.values():
        assert len(canary.value) >= 24
        for spelling in spellings(canary.core):
            assert canary.place in hunt(f"a {spelling} b")
        assert canary.place in hunt(canary.core[8:20])
        assert hunt(canary.core, {canary.place}) == {}


def test_hunt_sees_a_canary_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    plant(monkeypatch)
    before = tracked_files()
    Path("leak.log").write_text(value("api key of the store"))
    assert list(hunt_files(before)) == ["api key of the store in leak.log"]


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("name", ROWS)
def test_nothing_is_shown(name: str, world: str, planted: Callable[..., Done]) -> None:
    for arguments, row in _calls(name, world):
        done = planted(arguments, row, world)
        if "--json" in arguments and done.out:
            json.loads(done.out)


@pytest.mark.parametrize("name", ROWS)
def test_rows_do_what_they_are_there_for(name: str, planted: Callable[..., Done]) -> None:
    for row in ROWS[name]:
        assert planted([*name.split(), *row.arguments.split()], row).code == row.code, row


@pytest.mark.parametrize("name", ROWS)
def test_secret_on_the_command_line_is_not_repeated(name: str, planted: Callable[..., Done]) -> None:
    for arguments in misuses(name):
        planted([*name.split(), *arguments], Row())


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, Text2llmError])
def test_failure_half_way_tells_nothing(
    name: str, failure: type[BaseException], planted: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = COMMANDS[name]
    original = command.callback
    assert original is not None

    def fail(*arguments: Any, **options: Any) -> None:
        try:
            original(*arguments, **options)
        finally:
            raise failure(" ".join(("lost", *held_values(), value("argument with a form"))))

    monkeypatch.setattr(command, "callback", fail)
    for mode in modes(name)[:2]:
        row = ROWS[name][0]
        done = planted(shlex.split(f"{name} {row.arguments} {mode}"), row)
        assert done.code in {1, 3, 130}
