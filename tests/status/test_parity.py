"""Every recorded status run of the reference system, but for the deliberate differences named here."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run
from tests.status.world import assert_valid, freeze_clock, write_config, write_store

_CASES = [json.loads(line) for line in Path("fixtures/reference/status-cases.jsonl").read_text().splitlines()]

#: One stale profile beside a healthy one is no failure; wrong usage has a code of its own.
_OTHER_EXITS = {("st-expired-plus-key", "--check"): 0, ("st-badopt-0", "0"): 64, ("st-badopt-3", "-1"): 64}


@pytest.mark.parametrize("case", _CASES, ids=[case["id"] for case in _CASES])
def test_status_agrees_with_the_reference(case: dict[str, Any], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze_clock(monkeypatch, case["now"])
    write_config({key: value for key, value in case["config"].items() if key != "version"})
    if case["store"] is not None:
        write_store(case["store"])
    for name, value in case["env"].items():
        monkeypatch.setenv(name, value)
    for expected in case["runs"]:
        done = run(*expected["argv"])
        assert done.code == _OTHER_EXITS.get((case["id"], expected["argv"][-1]), expected["exit"])
        if "stdout" in expected:
            assert done.out == expected["stdout"]
        if "stderr" in expected:
            assert done.err.startswith(expected["stderr"].removeprefix("Error: ").rstrip(".\n").join(("error: ", "")))
        if "json" in expected:
            _compare(json.loads(done.out), expected["json"], case)


def _compare(found: dict[str, Any], reference: dict[str, Any], case: dict[str, Any]) -> None:
    assert_valid(found, "outputs/status")
    del found["routes"], found["agents"]  # ours alone
    home = os.environ["TEXT2LLM_HOME"]
    text = json.dumps(reference).replace("~/.openclaw/openclaw.json", str(Path("text2llm.yaml").resolve()))
    expected = json.loads(text.replace("~/.openclaw/agents", f"{home}/data/agents"))
    expected["allowed"] = []  # `models` is no allowlist
    written = case["config"]["agents"]["defaults"].get("models", {}).values()
    names = {entry.get("alias") for entry in written}
    expected["aliases"] = {name: ref for name, ref in expected["aliases"].items() if name in names}  # none built in
    for side in (found, expected):
        for provider in side["auth"]["providers"]:
            provider["profiles"]["labels"] = [_shorten(label) for label in provider["profiles"]["labels"]]
    if case["id"] == "st-expired-plus-key":
        health = expected["auth"]["oauth"]["providers"][0]
        health["status"] = "static"  # that of the healthy one
        del health["expiresAt"], health["remainingMs"]
    assert found == expected


def _shorten(label: str) -> str:
    """A label without what tells its secret apart: a fragment there, a fingerprint here."""
    return re.sub(r"=(?:token:|api_key|token)?(?: ?\(sha256:[0-9a-f]{8}\)|[^=(]*\.\.\.[^=]*)$", "=…", label)
