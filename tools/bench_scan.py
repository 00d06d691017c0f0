"""Scans: a listing of two thousand models without probes, and probes of many of them under a limit."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

from measuring import PROGRAM, ROOT, Row, measure

sys.path.insert(0, str(ROOT))

from text2llm.sandbox.scenario import AnswerRule, Scenario
from text2llm.sandbox.server import serve

MODELS, PROBED, DELAY, CONCURRENCY = 2000, 60, 0.1, 10


def config(url: str) -> str:
    return f"version: 1\nmodels: {{providers: {{openrouter: {{baseUrl: '{url}/api/v1', apiKey: sandbox-ok}}}}}}\n"


def measure_scan(folder: Path, home: Path, rounds: int) -> list[Row]:
    """The whole command, from start to exit, against a listing that the sandbox generates per request."""
    command = [PROGRAM, "models", "scan", "--json"]
    with serve(scenario=Scenario(catalog_size=MODELS)) as sandbox:
        (folder / "text2llm.yaml").write_text(config(sandbox.url))
        listed = [measure([*command, "--no-probe"], folder, home) for _ in range(rounds)]
    assert all(json.loads(run.printed)["listed"] == MODELS for run in listed)
    rules = (AnswerRule({"path": "*completions"}, latency=DELAY),)
    with serve(scenario=Scenario(rules, catalog_size=PROBED)) as sandbox:
        (folder / "text2llm.yaml").write_text(config(sandbox.url))
        probed = [measure([*command, "--concurrency", str(CONCURRENCY)], folder, home) for _ in range(rounds)]
        asked = sum(each.method == "POST" for each in sandbox.requests) / rounds
    ideal = asked / CONCURRENCY * DELAY
    what = f"scan of {MODELS:,} listed models without probes"
    return [
        Row(what, statistics.median(run.wall for run in listed), 2, "s"),
        Row(f"{what}, peak memory", statistics.median(run.memory for run in listed), 120, "MiB"),
        Row(
            f"scan with {asked:.0f} probes, {CONCURRENCY} at once, each {DELAY * 1000:.0f} ms",
            statistics.median(run.wall for run in probed),
            ideal + 2,
            "s",
        ),
    ]
