"""Many files checked at once: compared with check-jsonschema on the same schema, and as a hook passes them."""

from __future__ import annotations

import statistics
from pathlib import Path

from measuring import BIN, PROGRAM, ROOT, Row, measure

COUNT = 1000
AGENTS = 900
CONFIG = ROOT / "fixtures" / "configs" / "valid" / "everything.yaml"
SCHEMA = ROOT / "schemas" / "config.schema.json"


def measure_many_files(folder: Path, home: Path, rounds: int) -> list[Row]:
    """All files differ, so neither program reads one twice."""
    place = folder / "many"
    place.mkdir()
    text = CONFIG.read_text(encoding="utf-8")
    for number in range(COUNT):
        (place / f"c{number}.yaml").write_text(text.replace("temperature: 0.2", f"temperature: 0.{number}"))
    files = [f"c{number}.yaml" for number in range(COUNT)]
    theirs = [str(BIN / "check-jsonschema"), "--schemafile", str(SCHEMA), *files]
    runs = [
        (measure([PROGRAM, "validate", *files], place, home).cpu, measure(theirs, place, home).cpu)
        for _ in range(rounds)
    ]
    ours, beside = (statistics.median(cpu) for cpu in zip(*runs, strict=True))
    what = f"`validate` of {COUNT:,} files, CPU time against check-jsonschema's {beside:.1f} s"
    return [Row(what, ours / beside, 0.5, "times"), _measure_agents(folder / "team", home, rounds)]


def _measure_agents(place: Path, home: Path, rounds: int) -> Row:
    """A root is read and checked once, however many of its agent files are named."""
    (place / "agents").mkdir(parents=True)
    (place / "text2llm.yaml").write_text("version: 1\ninclude: [agents/*.yaml]\n")
    files = [f"agents/p{number}.yaml" for number in range(AGENTS)]
    for number, name in enumerate(files):
        (place / name).write_text(f"id: p{number}\nmodel: openai/gpt-5.2\n")
    runs = [
        tuple(measure([PROGRAM, "validate", *names], place, home).cpu for names in (files, ["text2llm.yaml"]))
        for _ in range(rounds)
    ]
    named, alone = (statistics.median(cpu) for cpu in zip(*runs, strict=True))
    return Row(
        f"`validate` of {AGENTS} agent files by name, CPU time against their root alone", named / alone, 3, "times"
    )
