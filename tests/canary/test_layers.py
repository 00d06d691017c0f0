"""Each layer carries by itself: with one of them switched off a canary gets out, and with all of them none does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

from tests.canary.canaries import hunt, value
from tests.canary.table import COMMANDS
from tests.canary.world import WORLDS, hunt_files, plant, tracked_files
from tests.net.hostile import answer, listen
from tests.running import Run
from text2llm.cli.terminal.output_guard import Outlet
from text2llm.redaction import literals
from text2llm.redaction.echoes import Echoes
from text2llm.redaction.forms import Forms
from text2llm.redaction.places import Places
from text2llm.redaction.values import Values
from text2llm.secret import Secret


class Layer(NamedTuple):
    """What is switched off, what stands in for it, and a command that needs it."""

    owner: object
    name: str
    off: Callable[..., Any]
    arguments: str


def _nothing(*_: object) -> Iterator[Any]:
    return iter(())


def _same(_: object, text: str) -> str:
    return text


LAYERS = {
    "a value that is known": Layer(Values, "spans", lambda *_: [], "completion bash"),
    "a value that is known, in an answer": Layer(Echoes, "redact", _same, "models status --probe --probe-provider lab"),
    "a form that is known": Layer(Forms, "find", lambda *_: (), "models status --json"),
    "a place that is known, in a file": Layer(literals, "_by_place", _nothing, "explain models.providers.lab.headers"),
    "a place that is known, on the command line": Layer(
        Places, "redact", _same, f"models set openai/gpt-5.2 --{value('argument')}"
    ),
    "the outlet, of a bug report": Layer(Outlet, "redact", _same, "schema"),
}


@pytest.fixture
def leaks(run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], dict[str, str]]]:
    """The canaries that a command shows or writes, where the configuration has secrets and a server repeats them."""
    echo = b"x-request-id: " + value("variable of a header")[:20].encode()
    with listen(answer(b"{}", echo, status=b"401 Unauthorized")) as server:

        def call(arguments: str) -> dict[str, str]:
            plant(monkeypatch)
            if "--probe" in arguments:
                Path("text2llm.yaml").write_text(
                    Path("text2llm.yaml").read_text().replace("http://127.0.0.1:9", str(server.origin))
                )
                names = ("env:LAB_KEY", "env:LAB_HEADER", "env:REF_KEY", "provider:lab")
                monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", " ".join(f"{name}={server.origin}" for name in names))
            else:
                WORLDS["literal secrets in the config"]()
            for log in Path(os.environ["TEXT2LLM_HOME"]).rglob("*.log"):
                log.unlink()
            before = tracked_files()
            done = run(*arguments.split())
            return {**hunt(f"{done.out}\n{done.err}"), **hunt_files(before)}

        yield call


def _show_held(**_: object) -> None:
    click.echo(Secret(value("variable that nothing names")).reveal())


def _lose_argument(**_: object) -> None:
    raise RuntimeError(value("argument with a form"))


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_layer_carries(layer: Layer, leaks: Callable[[str], dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(COMMANDS["completion"], "callback", _show_held)
    monkeypatch.setattr(COMMANDS["schema"], "callback", _lose_argument)
    assert leaks(layer.arguments) == {}
    monkeypatch.setattr(layer.owner, layer.name, layer.off)
    assert leaks(layer.arguments) != {}
