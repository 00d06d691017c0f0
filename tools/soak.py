"""A soak: random edits, keys, logouts and refreshes from two containers that share one directory and are often killed.

Every file must parse at every moment, and nothing that was acknowledged may be lost. ``--seconds`` is the duration.
Prints the counts; exit code 1: a fault, or nothing was done. The containers are namespaces, so Linux is needed.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from measuring import ROOT
from ruamel.yaml import YAML
from soak_container import RANDOM, REFRESH, STOP, Event

sys.path.insert(0, str(ROOT))

from tests.containers import find_way, make_environment
from tests.login.rotating import Rotation, rotating
from tests.storage.ledger import Ledger, Span, find_double_spends

CONTAINERS, LANES, ITEMS = 2, 2, 3
#: Seconds: between two kills, between two looks at what the files hold, and for the last commands to end.
KILL_AFTER, LOOK_EVERY, END_AFTER = (0.2, 6.0), 0.2, 150.0
PRIVATE = 0o600
STORE, CONFIG = "auth-profiles.json", "text2llm.yaml"
FIRST_CONFIG = "version: 1\n# The team's models.\nagents:\n  defaults:\n    model: openai/gpt-5.2\n"
LOGGED_IN = {"type": "oauth", "provider": "corp", "access": "at-1", "refresh": "rt-1", "expires": 1}


def read_aliases(data: bytes) -> dict[str, str]:
    models = YAML(typ="safe").load(data)["agents"]["defaults"].get("models") or {}
    named = ((entry.get("alias") or (), model) for model, entry in models.items())
    return {f"alias:{name}": model for names, model in named for name in ([names] if isinstance(names, str) else names)}


def read_keys(data: bytes) -> dict[str, str]:
    profiles = json.loads(data)["profiles"]
    return {f"key:{name.removeprefix('zai:')}": each["key"] for name, each in profiles.items() if "key" in each}


def read_token(data: bytes) -> int:
    """The number of the stored refresh token: it only ever grows."""
    return int(json.loads(data)["profiles"]["corp:ada"]["refresh"].removeprefix("rt-"))


@dataclass
class Container:
    """A namespace that runs, and the operations that it has begun, by lane."""

    home: Path
    lanes: dict[int, tuple[str, ...]]
    process: subprocess.Popen[bytes]
    rest: bytes = b""
    running: dict[int, Event] = field(default_factory=dict)


@dataclass
class Soak:
    """Everything that was counted and found."""

    shared: Path
    provider: Rotation
    ledger: Ledger = field(default_factory=Ledger)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    killed: list[Span] = field(default_factory=list)
    token: int = 1

    def fault(self, text: str) -> None:
        self.faults.append(text)
        print(f"FAULT  {text}", flush=True)

    def start(self, home: Path, lanes: dict[int, tuple[str, ...]]) -> Container:
        way = find_way()
        assert way is not None
        (home / STOP).unlink(missing_ok=True)
        process = subprocess.Popen(
            [*way, sys.executable, str(ROOT / "tools" / "soak_container.py")],
            cwd=self.shared,
            env=make_environment(self.shared, home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin is not None
        held = {lane: {item: self._known(item) for item in items} for lane, items in lanes.items()}
        process.stdin.write(json.dumps(held).encode())
        process.stdin.close()
        return Container(home, lanes, process)

    def _known(self, item: str) -> str | None:
        """The value of an item; ``None`` also if it is in doubt whether it is there."""
        values = self.ledger.values[item]
        return None if None in values else min(map(str, values))

    def take(self, container: Container, wait: float) -> bool:
        """Note the events of a container that arrive within ``wait`` seconds; whether there may be more."""
        assert container.process.stdout is not None
        handle = container.process.stdout.fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(handle, selectors.EVENT_READ)
            while selector.select(wait):
                data = os.read(handle, 1 << 16)
                if not data:
                    return False
                *lines, container.rest = (container.rest + data).split(b"\n")
                for line in lines:
                    self._note(container, Event(**json.loads(line)))
        return True

    def _note(self, container: Container, event: Event) -> None:
        kind = event.item.partition(":")[0]
        kind += " removed" if event.value is None and kind != REFRESH else ""
        if event.code is None:
            container.running[event.lane] = event
            self.ledger.start(event.item, event.value)
            return
        del container.running[event.lane]
        if event.code == 0:
            self.ledger.acknowledge(event.item, event.value)
            self.counts[f"{kind}, acknowledged"] += 1
        else:
            self.ledger.refuse(event.item)
            self.counts[f"{kind}, refused"] += 1
            self.fault(f"exit code {event.code} of {kind}: {' '.join(event.error.split())}")

    def kill(self, container: Container) -> None:
        """Kill a whole namespace, and note what it was doing."""
        container.process.kill()
        self.end(container)
        now = time.monotonic()
        self.counts["namespaces killed"] += 1
        begun = container.running.values()
        self.killed += [Span(each.time, now) for each in begun if each.item.startswith(REFRESH)]
        in_doubt = self.ledger.cut_off(each.item for each in begun)
        self.counts["operations cut off by a kill"] += in_doubt

    def end(self, container: Container) -> None:
        """Wait for the last process of a container to end."""
        if self.take(container, END_AFTER):
            self.fault(f"a container has not ended after {END_AFTER:g} seconds")
        container.process.kill()
        container.process.wait()

    def judge_refreshes(self) -> None:
        """No token was sent twice, and the last one that was issued is stored, except where a kill came between."""
        spent = self.provider.spent
        self.counts["refresh tokens spent"] = len(spent)
        for double in find_double_spends(spent, self.killed):
            self.fault(double)
        last = spent[-1][1] if spent else 0.0
        if self.token != len(spent) + 1 and not any(span.start <= last <= span.end for span in self.killed):
            self.fault(f"the last refresh token is rt-{len(spent) + 1}, but rt-{self.token} is stored")

    def look(self, containers: list[Container]) -> None:
        """Compare the files with what was acknowledged."""
        for each in containers:
            self.take(each, 0)
        self.ledger.open_window()
        config, store = ((self.shared / name).read_bytes() for name in (CONFIG, STORE))
        for each in containers:
            self.take(each, 0)
        found = {**read_aliases(config), **read_keys(store)}
        for loss in self.ledger.find_losses(found):
            self.fault(loss)
        token = read_token(store)
        if token < self.token:
            self.fault(f"the refresh token rt-{self.token} was replaced by the earlier rt-{token}")
        self.token = token
        self.counts["comparisons with the journal"] += 1


def read_always(soak: Soak, end: threading.Event) -> None:
    """Read both files over and over: each parses at every moment, and the store is private."""
    while not end.is_set():
        for name, parse in ((CONFIG, read_aliases), (STORE, read_keys)):
            path = soak.shared / name
            try:
                with path.open("rb") as file:
                    mode, data = os.fstat(file.fileno()).st_mode & 0o777, file.read()
                parse(data)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with a file is a fault
                soak.fault(f"{name} cannot be read: {type(error).__name__}: {error}")
                continue
            soak.counts["reads by the reader"] += 1
            if name == STORE and mode != PRIVATE:
                soak.fault(f"{name} has the mode {mode:o}")
        time.sleep(0.002)


@contextmanager
def reading(soak: Soak) -> Iterator[None]:
    end = threading.Event()
    reader = threading.Thread(target=read_always, args=(soak, end))
    reader.start()
    try:
        yield
    finally:
        end.set()
        reader.join()


def make_soak(folder: Path, provider: Rotation) -> tuple[Soak, list[Container]]:
    soak = Soak(folder / "shared", provider)
    soak.shared.mkdir(mode=0o700)
    (soak.shared / CONFIG).write_text(FIRST_CONFIG)
    store = soak.shared / STORE
    store.touch(mode=PRIVATE)
    store.write_text(json.dumps({"version": 1, "profiles": {"corp:ada": LOGGED_IN}}))
    containers = []
    for number in range(CONTAINERS):
        settings = folder / f"home{number}" / "config" / "settings.yaml"
        settings.parent.mkdir(parents=True)
        settings.touch(mode=PRIVATE)
        settings.write_text(f"oidc:\n  corp: {{issuer: '{provider.issuer}', clientId: me}}\n")
        lanes = {
            lane: tuple(f"{kind}:c{number}l{lane}n{item}" for kind in ("alias", "key") for item in range(ITEMS))
            for lane in range(LANES)
        }
        lanes[LANES] = (f"{REFRESH}:c{number}",)
        containers.append(soak.start(settings.parents[1], lanes))
    return soak, containers


def run(soak: Soak, containers: list[Container], seconds: float) -> None:
    end, next_kill = time.monotonic() + seconds, 0.0
    with reading(soak):
        while (now := time.monotonic()) < end:
            if now >= next_kill:
                if next_kill:
                    victim = RANDOM.randrange(len(containers))
                    soak.kill(containers[victim])
                    containers[victim] = soak.start(containers[victim].home, containers[victim].lanes)
                next_kill = now + RANDOM.uniform(*KILL_AFTER)
            soak.look(containers)
            time.sleep(LOOK_EVERY)
        for each in containers:
            (each.home / STOP).touch()
        for each in containers:
            soak.end(each)
        soak.look([])
    soak.judge_refreshes()


def report(soak: Soak, seconds: float) -> bool:
    """Print the counts; whether there was no fault and each kind of operation was done."""
    left = sorted(path.name for path in soak.shared.iterdir() if path.name not in (CONFIG, STORE))
    print(f"{seconds:g} seconds, {CONTAINERS} containers with {LANES + 1} lanes each, on {os.cpu_count()} cores")
    for name, count in sorted(soak.counts.items()):
        print(f"{count:8,}  {name}")
    print(f"{len(left):8,}  files left in the directory: {', '.join(left) or 'none'}")
    print(f"{len(soak.faults):8,}  faults")
    kinds = ("alias", "alias removed", "key", "key removed", REFRESH)
    idle = [kind for kind in kinds if not soak.counts[f"{kind}, acknowledged"]]
    if idle:
        print(f"nothing was acknowledged of: {', '.join(idle)}")
    return not soak.faults and not idle


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    seconds = parser.parse_args().seconds
    if find_way() is None:
        sys.exit("no process may have a namespace here: nothing was tested")
    with tempfile.TemporaryDirectory() as folder, rotating(lenient=True) as provider:
        soak, containers = make_soak(Path(folder), provider)
        try:
            run(soak, containers, seconds)
        finally:
            for each in containers:
                each.process.kill()
        return 0 if report(soak, seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
