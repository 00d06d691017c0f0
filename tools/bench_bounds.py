"""The worst files within the bounds of the reader, and the worst tree to search: what each costs."""

from __future__ import annotations

import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

from measuring import PROGRAM, Row, measure

AGENTS, USUAL_AGENTS = 8000, 5000
#: CPU seconds; agents as people write them have their own target.
TARGET, USUAL_TARGET = 4.0, 2.5
#: MiB.
HEIRS_MEMORY = 300
#: Wall seconds of a whole process that searches up to the bound.
WALK_TARGET = 2.0
#: The reference page of the bounds shows the rows that begin so.
MARK = "At the bounds"
_AUTHOR = ["-c", "commit.gpgsign=false", "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
_USUAL = "{model: {primary: openai/gpt-5.2, fallbacks: [anthropic/claude-opus-4-5]}}"


def measure_bounds(folder: Path, home: Path, rounds: int) -> list[Row]:
    return [
        *_measure_files(folder, home, rounds),
        *_measure_heirs(folder / "heirs", home, rounds),
        _measure_walk(folder / "walk", home, rounds),
    ]


def _measure_files(folder: Path, home: Path, rounds: int) -> list[Row]:
    rows: list[Row] = []
    for what, text, code, target in _list_files():
        place = folder / f"bounds-{len(rows)}"
        place.mkdir()
        (place / "text2llm.yaml").write_text(text)
        used = [measure([PROGRAM, "validate"], place, home, code).cpu for _ in range(rounds)]
        rows.append(Row(f"{MARK}: `validate` of {what}, CPU time", statistics.median(used), target, "s"))
    return rows


def _list_files() -> list[tuple[str, str, int, float]]:
    """What each file is, its text, the exit code, and its target."""
    names = _each(1000, "lab@/m", ", ")
    orders = (
        f"{{auth: &all {{order: {{openai: [{_each(1000, 'lab:p@', ', ')}], google: [{_each(900, 'p@', ', ')}]}}}}}}"
    )
    return [
        (f"{USUAL_AGENTS:,} usual agents", _write(USUAL_AGENTS, _USUAL), 0, USUAL_TARGET),
        (
            f"{AGENTS:,} agents with mistyped aliases",
            _write(AGENTS, "{model: two@}", f"models: {{{_each(AGENTS, 'openai/m@: {alias: one@}', ', ')}}}"),
            0,
            TARGET,
        ),
        (
            f"{AGENTS:,} agents with unknown models",
            _write(AGENTS, "{model: openai/x@, imageModel: openai/y@}"),
            0,
            TARGET,
        ),
        (
            "98 agents that share 1,000 wrong fallbacks",
            _write(98, "{model: {primary: openai/m@, fallbacks: *all}}", f"model: {{fallbacks: &all [{names}]}}"),
            1,
            TARGET,
        ),
        (
            "98 agents that share orders of 1,900 wrong profiles",
            _write(98, "{auth: *all}").replace("entries:\n", f"entries:\n    first: {orders}\n"),
            1,
            TARGET,
        ),
    ]


def _measure_heirs(place: Path, home: Path, rounds: int) -> Iterator[Row]:
    """What it takes to compare, edit and refuse to probe chains that many agents inherit."""
    fallbacks = ", ".join(f"openai/x{number % 3}" for number in range(1000))
    defaults = f"model: {{primary: openai/gpt-5.2, fallbacks: [{fallbacks}]}}"
    place.mkdir()
    path = place / "text2llm.yaml"
    path.write_text(_write(AGENTS, "{model: openai/gpt-5.@}", defaults))
    for command in (["init", "-q"], ["add", "."], [*_AUTHOR, "commit", "-qm", "before"]):
        subprocess.run(["git", *command], cwd=place, check=True)
    path.write_text(path.read_text().replace("a5: {model: openai/gpt-5.5}", "a5: {model: openai/gpt-5.6}"))
    what = f"{AGENTS:,} agents that inherit 1,000 fallbacks"
    for command, code in (
        (["diff", "HEAD"], 0),
        (["models", "set", "openai/gpt-5.2", "--agent", "a5", "--dry-run"], 0),
        (["probe"], 64),
    ):
        used = [measure([PROGRAM, *command], place, home, code) for _ in range(rounds)]
        told = f"{MARK}: `{' '.join(command)}` of {what}"
        yield Row(f"{told}, CPU time", statistics.median(each.cpu for each in used), TARGET, "s")
        yield Row(f"{told}, peak memory", max(each.memory for each in used), HEIRS_MEMORY, "MiB")


def _write(count: int, entry: str, defaults: str = "model: openai/gpt-5.2") -> str:
    head = f"version: 1\nagents:\n  defaults:\n    {defaults}\n"
    return f"{head}  entries:\n" + _each(count, f"    a@: {entry}\n")


def _each(count: int, template: str, between: str = "") -> str:
    """The template so many times, with a number in place of each ``@``."""
    return between.join(template.replace("@", str(number)) for number in range(count))


def _measure_walk(place: Path, home: Path, rounds: int) -> Row:
    """A tree in which each directory has to be listed, until the bound is reached."""
    for outer in range(150):
        for inner in range(150):
            (place / str(outer) / str(inner)).mkdir(parents=True)
    (place / "text2llm.yaml").write_text("version: 1\ninclude: ['**/*.yaml']\n")
    used = [measure([PROGRAM, "validate"], place, home, 1).wall for _ in range(rounds)]
    what = f"{MARK}: `include: ['**/*.yaml']` in 22,500 directories, until the search is refused, wall time"
    return Row(what, statistics.median(used), WALK_TARGET, "s")
