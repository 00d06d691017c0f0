"""Shared by the measurements: a process with its usage, and a row of the table."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PROGRAM = str(BIN / "text2llm")


@dataclass(frozen=True)
class Used:
    """The usage of one process (CPU seconds, wall seconds, peak MiB) and its output."""

    cpu: float
    wall: float
    memory: float
    printed: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    figure: float
    target: float
    unit: str

    @property
    def met(self) -> bool:
        return self.figure <= self.target


def measure(
    command: list[str], folder: Path, home: Path, exit_code: int = 0, environ: dict[str, str] | None = None
) -> Used:
    """Run a command to its end. Its output goes to a file: with a pipe it could block on the reader."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **(environ or {})}
    output = home.parent / "output"
    launch = [sys.executable, "-I", "-S", str(ROOT / "tools" / "launch.py"), str(output), *command]
    done = subprocess.run(launch, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    cpu, wall, memory, code = map(float, done.stdout.split())
    if code != exit_code:
        sys.exit(f"{' '.join(command)} exited with {code:g}")
    scale = 1 << 20 if platform.system() == "Darwin" else 1 << 10
    return Used(cpu, wall, memory / scale, output.read_text())


def table(rows: list[Row]) -> str:
    lines = ["| what | measured | target | |", "|---|---|---|---|"]
    lines += [
        f"| {row.what} | {row.figure:.1f} {row.unit} | ≤ {row.target:g} | {'met' if row.met else '**missed**'} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"
