"""One container of the soak: process 1 of its namespace, whose lanes each run one random command after the other.

Standard input is one JSON document: the lanes with their items, and the values of these as far as known. Standard
output has one line per event, each written at once: a JSON object with the fields of :class:`Event`.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import SystemRandom

from text2llm.cli.boundary import run_guarded
from text2llm.cli.main import main

STOP = "stop"
MODELS = ("openai/gpt-5.2", "openai/gpt-5.4-mini", "anthropic/claude-opus-4-5")
REFRESH = "refresh"
REMOVALS = 0.4
RANDOM = SystemRandom()
#: The standard input of a command, and its arguments.
Command = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class Event:
    """The start of an operation, without a ``code``, or its end. ``value`` is what it sets, ``None`` for a removal.

    ``time`` is in seconds, on the clock of the whole machine.
    """

    lane: int
    item: str
    value: str | None
    time: float
    code: int | None = None
    error: str = ""


def set_alias(name: str, value: str) -> Command:
    return "", ["models", "aliases", "add", "--force", name, value]


def remove_alias(name: str) -> Command:
    return "", ["models", "aliases", "remove", name]


def paste(name: str, value: str) -> Command:
    options = ["--provider", "zai", "--profile-id", f"zai:{name}", "--any-form", "--no-keyring"]
    return value, ["models", "auth", "paste-api-key", *options]


def log_out(name: str) -> Command:
    return "", ["models", "auth", "logout", f"zai:{name}"]


def make_key() -> str:
    return "a-key-" + "".join(RANDOM.choices("abcdefghijkmnpqrstuvwxyz23456789", k=40))


_KINDS: dict[str, tuple[Callable[[], str], Callable[[str, str], Command], Callable[[str], Command]]] = {
    "alias": (lambda: RANDOM.choice(MODELS), set_alias, remove_alias),
    "key": (make_key, paste, log_out),
}


def choose(item: str, known: str | None) -> tuple[str | None, Command]:
    """The next value of an item and the command for it; what may be absent is set, not removed."""
    kind, _, name = item.partition(":")
    if kind == REFRESH:
        return None, ("", ["models", "auth", "refresh", "corp:ada", "--force"])
    make, put, remove = _KINDS[kind]
    if known is not None and RANDOM.random() < REMOVALS:
        return None, remove(name)
    value = make()
    return value, put(name, value)


def run_command(command: Command) -> tuple[int, str]:
    """The exit code of a command, in a process of its own, and what it printed to standard error."""
    with tempfile.TemporaryFile() as errors:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(errors.fileno(), 2)
            sys.stdin = io.TextIOWrapper(io.BytesIO(command[0].encode()))
            code = int(run_guarded(main, command[1]))
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        errors.seek(0)
        return code, errors.read().decode(errors="replace")[-300:]


def run_lane(lane: int, items: dict[str, str | None]) -> None:
    def report(event: Event) -> None:
        os.write(1, (json.dumps(asdict(event)) + "\n").encode())

    stop = Path(os.environ["TEXT2LLM_HOME"], STOP)
    while not stop.exists():
        item = RANDOM.choice(list(items))
        value, command = choose(item, items[item])
        report(Event(lane, item, value, time.monotonic()))
        code, error = run_command(command)
        if code == 0:
            items[item] = value
        report(Event(lane, item, value, time.monotonic(), code, error if code else ""))


if __name__ == "__main__":
    for number, held in json.load(sys.stdin).items():
        if os.fork() == 0:
            run_lane(int(number), held)
            os._exit(0)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
