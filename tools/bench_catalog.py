"""The cost of the catalog: listing it all, and reading the bundle. ``tools/bench.py`` prints and records the rows."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from measuring import PROGRAM, Row, measure

BARE = [sys.executable, "-c", "pass"]
LOAD = """
import time
from text2llm.catalog.bundle import load_bundle
started = time.process_time()
catalog = load_bundle()
models = sum(len(catalog.providers[provider]) for provider in catalog.providers)
print(time.process_time() - started, models)
"""
CONFIG = "version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n"


def measure_catalog(folder: Path, home: Path, rounds: int) -> list[Row]:
    (folder / "text2llm.yaml").write_text(CONFIG)
    printed = [measure([sys.executable, "-c", LOAD], folder, home).printed.split() for _ in range(rounds)]
    loading = statistics.median(float(seconds) for seconds, _models in printed) * 1000
    models = int(printed[0][1])
    return [
        Row(f"reading the facts of all {models:,} models", loading, 25, "ms of CPU"),
        _multiple("`models list --all`", ["models", "list", "--all"], folder, home, rounds),
        _multiple("`models list --all --json`", ["models", "list", "--all", "--json"], folder, home, rounds),
    ]


def _multiple(what: str, arguments: list[str], folder: Path, home: Path, rounds: int) -> Row:
    """The median CPU time of a command as a multiple of the bare interpreter's, run in turn with it."""
    bare, ours = [], []
    measure([PROGRAM, *arguments], folder, home)
    for _ in range(rounds):
        bare.append(measure(BARE, folder, home).cpu)
        ours.append(measure([PROGRAM, *arguments], folder, home).cpu)
    figure = statistics.median(ours) / statistics.median(bare)
    return Row(what, figure, 12, "times the bare interpreter")
