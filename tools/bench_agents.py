"""Many agents: the cost of five times as many beyond the start-up, and what it takes to resolve all of them."""

from __future__ import annotations

import statistics
import subprocess
from pathlib import Path

from measuring import PROGRAM, Row, measure

FEW, MANY = 500, 2500
#: Five times as many can cost slightly more: larger tables, and garbage collection.
TARGET = 6.5
#: All agents resolved, against the status of one.
RESOLVED, RESOLVE_TARGET = 1000, 1.5
COMMANDS = {"validate": ["validate"], "diff": ["diff"], "models status --json": ["models", "status", "--json"]}
HEAD = """version: 1
agents:
  defaults:
    model: {primary: opus, fallbacks: [openai/gpt-5.2]}
    models:
      anthropic/claude-opus-4-5: {alias: opus}
  entries:
    main: {}
"""


def measure_many_agents(folder: Path, home: Path, rounds: int) -> list[Row]:
    """Each repository has one file in which every agent differs from the last commit."""
    places = {count: make_repository(folder / f"agents-{count}", count) for count in (0, FEW, MANY)}
    return [
        measure_resolve(make_repository(folder / f"agents-{RESOLVED}", RESOLVED), home, rounds),
        *(
            measure_ratio(
                f"`{name}` of {MANY:,} agents, CPU time against {FEW}, both beyond none", places, home, words, rounds
            )
            for name, words in COMMANDS.items()
        ),
    ]


def measure_resolve(place: Path, home: Path, rounds: int) -> Row:
    status, resolve = ([PROGRAM, *words, "--json"] for words in (["models", "status"], ["resolve"]))
    runs = [[measure(command, place, home).cpu for command in (status, resolve)] for _ in range(rounds)]
    one, every = (statistics.median(cpu) for cpu in zip(*runs, strict=True))
    what = f"`resolve --json` of {RESOLVED:,} agents, CPU time against `models status --json`"
    return Row(what, every / one, RESOLVE_TARGET, "times")


def measure_ratio(what: str, places: dict[int, Path], home: Path, words: list[str], rounds: int) -> Row:
    runs = [[measure([PROGRAM, *words], place, home).cpu for place in places.values()] for _ in range(rounds)]
    none, few, many = (statistics.median(cpu) for cpu in zip(*runs, strict=True))
    return Row(what, (many - none) / (few - none), TARGET, "times")


def make_repository(place: Path, count: int) -> Path:
    place.mkdir()
    (place / "text2llm.yaml").write_text(list_agents(count, "openai/gpt-5.2"))
    git = ["git", "-C", str(place), "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "before"]):
        subprocess.run([*git, *arguments], check=True)
    (place / "text2llm.yaml").write_text(list_agents(count, "openai/gpt-5.4-mini"))
    return place


def list_agents(count: int, model: str) -> str:
    agents = (
        f"    agent-{number}:\n      model: {{primary: {model}, fallbacks: [opus, anthropic/claude-sonnet-4-5]}}\n"
        for number in range(count)
    )
    return HEAD + "".join(agents)
