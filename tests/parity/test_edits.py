"""The editing commands give what the recorded runs of the reference CLI gave, outside the deliberate differences.

The recordings are in fixtures/reference, mapped to our file format; what the reference writes unasked is left out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run
from text2llm.config.reader import read_document

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "fixtures" / "reference" / "edit-cases.jsonl").read_text().splitlines()
]
KIMI = ("agents", "defaults", "models", "openrouter/moonshotai/kimi-k2")
OPUS = ("agents", "defaults", "models", "anthropic/claude-opus-4-5")
#: Where text2llm differs on purpose: what the config holds instead.
DIFFERENCES: dict[str, dict[tuple[str, ...], Any]] = {
    # An alias is a name or a list of names: a second one does not replace the first.
    "al-add-4": {KIMI: {"alias": ["kimi", "k2"], "params": {"temperature": 0.3}}},
    # A removed alias does not come back as a built-in one; the entry that it leaves empty goes.
    "al-rm-3": {OPUS: None},
    # A model that becomes the primary leaves the fallbacks of the same choice.
    "set-base-3": {("agents", "defaults", "model", "fallbacks"): ["openai/gpt-5.2"]},
    "setimage-4": {("agents", "defaults", "imageModel", "fallbacks"): []},
}
#: What text2llm refuses without ``--force``: a model that only another provider than the default one is known to have.
REFUSED = {"set-base-6", "set-empty-1"}
#: Of edits that text2llm refuses by default: the reference sets a model that has retired.
RETIRED = {"setimage-1"}


def expected_config(case: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(json.dumps(step["config"] | allow_retired(case)))
    for pointer, value in DIFFERENCES.get(case["id"], {}).items():
        *parents, last = pointer
        holder = config
        for name in parents:
            holder = holder[name]
        if value is None:
            del holder[last]
        else:
            holder[last] = value
    return config


def allow_retired(case: dict[str, Any]) -> dict[str, Any]:
    return {"rules": {"retired-model": "warning"}} if case["id"] in RETIRED else {}


def expected_aliases(config: dict[str, Any]) -> dict[str, str]:
    models = config["agents"]["defaults"]["models"]
    found: dict[str, str] = {}
    for model, entry in models.items():
        alias = entry.get("alias", [])
        found |= dict.fromkeys([alias] if isinstance(alias, str) else alias, model)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_edits_as_the_reference(case: dict[str, Any], run: Run, tmp_path: Path) -> None:
    path = tmp_path / "text2llm.yaml"
    path.write_text(json.dumps(case["config"] | allow_retired(case)))
    for step in case["steps"]:
        done = run(*step["argv"], *(["--force"] if case["id"] in REFUSED else []))

        assert done.code == step["exit"]
        after = expected_config(case, step)
        assert read_document("", path.read_bytes()).data == after
        if step["json"] and "fallbacks" in step["json"]:
            assert json.loads(done.out) == step["json"]
        elif step["json"]:
            assert json.loads(done.out) == {"aliases": expected_aliases(after)}
        elif step["stdout"] and "fallbacks" in step["argv"]:
            assert done.out == step["stdout"]


@pytest.mark.parametrize("case", [case for case in CASES if case["id"] in REFUSED], ids=lambda case: case["id"])
def test_what_needs_force_is_refused_without(case: dict[str, Any], run: Run, tmp_path: Path) -> None:
    path = tmp_path / "text2llm.yaml"
    path.write_text(json.dumps(case["config"]))
    for step in case["steps"]:
        assert run(*step["argv"]).code == 1
        assert json.loads(path.read_text()) == case["config"]
