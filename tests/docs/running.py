"""Execute a page of the documentation: write its files, run its commands, compare its outputs.

A block of YAML, JSON, Python or Rego that begins with ``# name`` is a file. In an ``sh`` block, each command must exit
with 0, or with the code of a comment ``# exit N`` after it. In a ``console`` block, lines after ``$ `` are commands,
and the lines below are their output; ``…`` matches any text, and on its own line any lines. A comment ``<!-- sh``
contains commands that readers need not see. ``make`` commands run with ``--dry-run``.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^(?:```|<!-- )(yaml|json|python|rego|sh|console)\n(.*?)^(?:```|-->)$", re.MULTILINE | re.DOTALL)
_ANY_BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^ *(?:\$ )?text2llm\b", re.MULTILINE)
_FILE = re.compile(r"# ([\w./-]+\.(?:yaml|json|py|rego))\n")
_EXIT = re.compile(r"# exit (\d+)")
_MARK = "\x1e"
_PORTS = ("8787", "8788", "8789")


class Step(NamedTuple):
    """A command, the exit code it must end with, and what it must print; ``None``: anything."""

    command: str
    code: int
    printed: str | None


def read_steps(text: str) -> list[Step]:
    """The steps of a page, in order."""
    return [step for kind, block in _BLOCK.findall(text) for step in _READERS[kind](block)]


def commands_not_played(text: str) -> list[str]:
    """The blocks of a page that show commands but are not executed: of an unknown kind, or indented."""
    played = {block for _kind, block in _BLOCK.findall(text)}
    return [block for block in _ANY_BLOCK.findall(text) if _COMMAND.search(block) and block not in played]


def _read_file(block: str) -> list[Step]:
    named = _FILE.match(block)
    if named is None:
        return []
    path = named[1]
    return [Step(f"mkdir -p \"$(dirname '{path}')\"; cat >'{path}' <<'END_OF_FILE'\n{block}END_OF_FILE", 0, None)]


def _read_shell(block: str) -> list[Step]:
    lines = block.replace("\\\n", " ").splitlines()
    typed = [(line, _EXIT.search(line)) for line in lines if line.strip() and not line.startswith("#")]
    return [Step(line, int(code[1]) if code else 0, None) for line, code in typed]


def _read_console(block: str) -> list[Step]:
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    steps = []
    for part in parts:
        typed, _, printed = part.replace("\\\n", " ").partition("\n")
        code = _EXIT.search(typed)
        steps.append(Step(typed, int(code[1]) if code else 0, printed))
    return steps


_READERS = {
    **dict.fromkeys(("yaml", "json", "python", "rego"), _read_file),
    "sh": _read_shell,
    "console": _read_console,
}


def play(steps: list[Step], folder: Path) -> list[str]:
    """Run the steps in one shell; return the differences from the page."""
    environ = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",  # the output must not depend on the date
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        "TEXT2LLM_HOME": str(folder / "home"),
        "LANG": "C.UTF-8",
        "TEXT2LLM_SOURCE": str(ROOT),
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_PAGER": "cat",
        **{f"GIT_{who}_{what}": "ada@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    (folder / "repo").mkdir()
    (folder / "home").mkdir()
    script = "exec 2>&1 </dev/null\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n" + "".join(map(_type, steps))
    ports = {port: free_port() for port in _PORTS}
    script = _exchange(script, ports)
    shell = ["bash", "--noprofile", "--norc", "-c", script]
    done = subprocess.run(
        shell, cwd=folder / "repo", env=environ, capture_output=True, text=True, timeout=120, check=False
    )
    shown = _exchange(done.stdout, {free: port for port, free in ports.items()})
    outputs = re.findall(rf"(.*?){_MARK}(\d+)\n", shown, re.DOTALL)
    problems = [_compare(step, output, int(code)) for step, (output, code) in zip(steps, outputs, strict=False)]
    if len(outputs) < len(steps):
        problems.append(f"$ {steps[len(outputs)].command}\nwas never reached:\n{shown[-500:]}{done.stderr}")
    return [problem for problem in problems if problem]


def _exchange(text: str, words: dict[str, str]) -> str:
    """Replace words in one step: one that was put in is not replaced in turn."""
    return re.sub("|".join(words), lambda found: words[found[0]], text)


def _type(step: Step) -> str:
    command = re.sub(r"^make ", f"make --dry-run --directory '{ROOT}' ", step.command)
    if command.rstrip().endswith("&"):
        command = f"{command.rstrip()[:-1]} >/dev/null 2>&1 &"
    return f"{command}\nprintf '{_MARK}%d\\n' $?\n"


def _compare(step: Step, output: str, code: int) -> str:
    if code != step.code:
        return f"$ {step.command}\nended with {code}, not {step.code}:\n{output}"
    if step.printed is not None and not _fits(step.printed, output):
        return f"$ {step.command}\nprinted:\n{output}"
    return ""


def _fits(expected: str, output: str) -> bool:
    # A longer port or path widens a column.
    lines = re.sub(r" {2,}", "  ", expected.strip()).splitlines()
    output = re.sub(r" {2,}", "  ", output)
    wanted = (
        r"(?:.*\n)*?" if line == "…" else r"[^\n]*?".join(map(re.escape, line.split("…"))) + r"\n" for line in lines
    )
    return re.fullmatch("".join(wanted), output.strip() + "\n" if output.strip() else "") is not None


def free_port() -> str:
    """A free local port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])
