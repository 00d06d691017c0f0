"""Whole-process measurements: CPU time as a multiple of ``python -c pass`` in the same run, memory, large files.

``python tools/bench.py`` prints the table; ``--write`` also puts it into docs/benchmarks.md; ``--assert`` exits 1 when
a figure misses its target. CPU time is user plus system time of the process, from the operating system.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench_agents import measure_many_agents
from bench_bounds import measure_bounds
from bench_catalog import measure_catalog
from bench_probes import Hostile, hostile_table, measure_bad_servers, measure_hostile, measure_thousand, sum_up
from bench_scan import measure_scan
from bench_validate import measure_many_files
from measuring import PROGRAM, ROOT, Row, measure, table

BARE = [sys.executable, "-c", "pass"]
LARGE_LINES = 13_000
ROUND_TRIP = """
import sys
from ruamel.yaml import YAML
yaml = YAML()
data = yaml.load(open(sys.argv[1]))
data["agents"]["defaults"]["model"]["primary"] = "openai/gpt-5.2"
yaml.dump(data, open(sys.argv[1], "w"))
"""
CONFIG = """# The team's models.
version: 1
agents:
  defaults:
    model:
      primary: opus   # the big one
      fallbacks:
        - openrouter/moonshotai/kimi-k2
        - fast
    imageModel: {primary: google/gemini-2.5-flash, fallbacks: []}
    models:
      anthropic/claude-opus-4-5: {alias: opus}
      openai/gpt-5.4-mini: {alias: [fast, mini], params: {temperature: 0.2}}
  entries:
    main: {default: true}
    coder: {model: {primary: openai/gpt-5.2, fallbacks: []}}
auth:
  order: {anthropic: ["anthropic:work"]}
"""


def multiple(command: list[str], folder: Path, home: Path, rounds: int, exit_code: int = 0) -> tuple[float, float]:
    """The median CPU time as a multiple of the bare interpreter's, run in turn, and the median peak memory."""
    ours, bare = [], []
    measure(command, folder, home, exit_code)
    for _ in range(rounds):
        bare.append(measure(BARE, folder, home).cpu)
        ours.append(measure(command, folder, home, exit_code))
    cpu = statistics.median(used.cpu for used in ours) / statistics.median(bare)
    return cpu, statistics.median(used.memory for used in ours)


def large_config() -> str:
    """A commented configuration of 13,000 lines."""
    head = (
        "version: 1\nagents:\n  defaults:\n    model:\n      primary: anthropic/claude-opus-4-5  # kept\n    models:\n"
    )
    entries = (LARGE_LINES - head.count("\n")) // 4
    body = (
        f"      # model number {number}\n      lab/model-{number}:\n        alias: alias-{number}\n"
        f"        params: {{temperature: 0.{number % 10}}}\n"
        for number in range(entries)
    )
    provider = "models:\n  providers:\n    lab: {api: openai-completions, baseUrl: 'http://127.0.0.1:9/v1'}\n"
    return head + "".join(body) + provider


def measure_start_up(folder: Path, home: Path, rounds: int) -> list[Row]:
    config = folder / "text2llm.yaml"
    config.write_text(CONFIG)
    status, memory = multiple([PROGRAM, "models", "status", "--json"], folder, home, rounds)
    times = "times the bare interpreter"
    rows = [
        Row("`text2llm --help`", multiple([PROGRAM, "--help"], folder, home, rounds)[0], 7, times),
        Row("`models status --json`", status, 8, times),
        Row("`models status --json`, peak memory", memory, 40, "MiB"),
        Row("`validate` of one valid file", multiple([PROGRAM, "validate"], folder, home, rounds)[0], 13, times),
    ]
    config.write_text(CONFIG.replace("primary", "primry"))
    # With findings, jsonschema is imported for its messages.
    invalid = multiple([PROGRAM, "validate"], folder, home, rounds, exit_code=1)[0]
    return [*rows, Row("`validate` of one file with findings", invalid, 13, times)]


def measure_large_edit(folder: Path, home: Path, rounds: int) -> list[Row]:
    config, text = folder / "text2llm.yaml", large_config()

    def median_wall(command: list[str]) -> float:
        walls = []
        for _ in range(rounds):
            config.write_text(text)
            walls.append(measure(command, folder, home).wall)
        return statistics.median(walls)

    ours = median_wall([PROGRAM, "models", "set", "openai/gpt-5.2"])
    theirs = median_wall([sys.executable, "-c", ROUND_TRIP, str(config)])
    lines = f"{text.count(chr(10)):,} lines"
    return [
        Row(f"`models set` on {lines}", ours, 1.5, "s"),
        Row(f"`models set` on {lines}, against a ruamel.yaml round trip of {theirs:.1f} s", ours / theirs, 1, "times"),
    ]


def measure_large_diff(folder: Path, home: Path, rounds: int) -> list[Row]:
    """Compare a large configuration with the last commit, where two lines differ."""
    repository, text = folder / "repository", large_config()
    repository.mkdir()
    config = repository / "text2llm.yaml"
    config.write_text(text)
    git = ["git", "-C", str(repository), "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "before"]):
        subprocess.run([*git, *arguments], check=True)
    config.write_text(
        text.replace("claude-opus-4-5", "claude-sonnet-4-5").replace("alias: alias-7\n", "alias: seven\n")
    )
    wall = statistics.median(measure([PROGRAM, "diff"], repository, home).wall for _ in range(rounds))
    return [Row(f"`diff` of {text.count(chr(10)):,} lines with the last commit", wall, 1.5, "s")]


def document(rows: list[Row], hostile: list[Hostile]) -> str:
    return (
        "# Benchmarks\n\n"
        "Written by `make bench`. Each multiple is the CPU time of a whole process against `python -c pass`, run in\n"
        "turn with it; all figures are medians, on a machine that may be busy with other things. No verdict is\n"
        "remembered between runs: each is the first one.\n\n"
        f"CPython {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores.\n\n{table(rows)}\n"
        "## Hostile servers\n\n"
        "Each is probed once, by a separate process, with a deadline of 2 s. Both ratios must be at most 1.\n\n"
        f"{hostile_table(hostile)}"
    )


Step = Callable[[Path, Path, int], list[Row]]
STEPS: dict[str, tuple[Step, int]] = {
    "start-up": (measure_start_up, 1),
    "catalog": (measure_catalog, 2),
    "large-edit": (measure_large_edit, 4),
    "large-diff": (measure_large_diff, 4),
    "scan": (measure_scan, 4),
    "many-files": (measure_many_files, 7),
    "many-agents": (measure_many_agents, 4),
    "bounds": (measure_bounds, 7),
    "thousand": (measure_thousand, 3),
    "bad-servers": (measure_bad_servers, 7),
}
HOSTILE = "hostile"


def run(rounds: int, only: str | None) -> tuple[list[Row], list[Hostile]]:
    """The rows of each step, some with fewer rounds, and of the hostile servers, with one round."""
    rows: list[Row] = []
    hostile: list[Hostile] = []
    with tempfile.TemporaryDirectory() as folder:
        work, home = Path(folder) / "work", Path(folder) / "home"
        work.mkdir()
        for name, (step, share) in STEPS.items():
            rows += step(work, home, max(3, rounds // share)) if only in {None, name} else []
        if only in {None, HOSTILE}:
            hostile = measure_hostile(work, home)
            rows += sum_up(hostile)
    return rows, hostile


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--write", action="store_true")
    parser.add_argument(
        "--only", choices=[*STEPS, HOSTILE], help="measure only this part, and do not write the document"
    )
    parser.add_argument("--assert", dest="check", action="store_true")
    options = parser.parse_args()
    rows, hostile = run(options.rounds, options.only)
    print(table(rows), end="")
    if hostile:
        print(hostile_table(hostile), end="")
    if options.write and options.only is None:
        (ROOT / "docs" / "benchmarks.md").write_text(document(rows, hostile))
    if options.check and not all(row.met for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
