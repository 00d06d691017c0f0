"""A thousand configurations checked at once, beside check-jsonschema with the same schema."""

from __future__ import annotations

import statistics
from pathlib import Path

from measuring import BIN, PROGRAM, ROOT, Row, measure

COUNT = 1000
CONFIG = ROOT / "fixtures" / "configs" / "valid" / "everything.yaml"
SCHEMA = ROOT / "schemas" / "config.schema.json"


def measure_many_files(folder: Path, home: Path, rounds: int) -> list[Row]:
    """Each file is another one: neither program reads one twice."""
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
    return [Row(what, ours / beside, 0.5, "times")]
