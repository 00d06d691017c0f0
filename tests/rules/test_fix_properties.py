"""Mistakes at random in configurations of any style: a fix takes them away, and nothing else changes."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.edit.styles import write_config
from text2llm.commands import validate
from text2llm.commands.validate import CheckRequest
from text2llm.config.load import load_file
from text2llm.edit.yaml.verify import same_data
from text2llm.plan.fixing import FixChoice
from text2llm.plan.fixing import list_models as list_meaning
from text2llm.providers.registry import load_registry
from text2llm.workspace import Workspace

REFS = ["anthropic/claude-opus-4-5", "openai/gpt-5.2", "openai/gpt-5.4-mini", "google/gemini-2.5-pro", "opus"]
EXAMPLES = int(os.environ.get("FIX_EXAMPLES", "60"))
SAFE = CheckRequest(("text2llm.yaml",), fix=FixChoice(safe=True))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def random_chain(random: Random) -> dict[str, Any]:
    return {"primary": random.choice(REFS), "fallbacks": random.sample(REFS[1:4], random.choice([0, 1, 2, 3]))}


def random_config(random: Random) -> dict[str, Any]:
    models: dict[str, Any] = {REFS[0]: {"alias": "opus"}}
    data: dict[str, Any] = {
        "version": 1,
        "agents": {
            "defaults": {"model": random_chain(random), "imageModel": random_chain(random), "models": models},
            "entries": {"main": {"default": True}, "coder": {"model": random_chain(random)}},
        },
        "probe": {"maxTokens": 64, "concurrency": 4},
    }
    return data


def misspell(data: dict[str, Any], random: Random) -> None:
    """Give a key a name that is none, with one slip."""
    parents = [data, data["agents"], data["agents"]["defaults"], data["probe"], data["agents"]["defaults"]["model"]]
    parent = random.choice(parents)
    key = random.choice([key for key in parent if len(key) > 6] or ["version"])
    at = random.randrange(1, len(key) - 1)
    wrong = random.choice([key[:at] + key[at + 1 :], key[:at] + key[at] + key[at:], key.upper()])
    for each in list(parent):
        parent[wrong if each == key else each] = parent.pop(each)


def repeat(data: dict[str, Any], random: Random) -> None:
    """Write a fallback once more, below it and in another spelling."""
    owner = random.choice([data["agents"]["defaults"], data["agents"].get("entries", {}).get("coder", {})])
    chain = owner.get("model")
    if isinstance(chain, dict) and chain.get("fallbacks"):
        at = random.randrange(len(chain["fallbacks"]))
        again = chain["fallbacks"][at]
        place = random.randint(at + 1, len(chain["fallbacks"]))
        chain["fallbacks"].insert(place, random.choice([again, again.capitalize()]))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(min_value=0, max_value=2**63))
def test_safe_fixes_undo_mistakes_and_change_nothing_else(seed: int) -> None:
    random = Random(seed)
    data = random_config(random)
    path = Path("text2llm.yaml")
    raw = write_config(data, random)
    path.write_bytes(raw)
    wanted = list_meaning(load_file(str(path)).require(), load_registry())

    repeat(data, random)
    misspell(data, random)
    path.write_bytes(write_config(data, random))
    done = validate.run(Workspace(os.environ), SAFE)

    assert done.fixed is not None
    left = {each.finding[:4] for each in done.fixed.refused}
    assert [each for each in done.findings if SAFE.fix and SAFE.fix.find(each) and each[:4] not in left] == []
    event(f"refused: {len(left) > 0}")
    loaded = load_file(str(path))
    if loaded.config is not None and not left:
        assert list_meaning(loaded.config, load_registry()) == wanted
    again = validate.run(Workspace(os.environ), SAFE)
    assert again.fixed is not None
    assert again.fixed.made == ()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(min_value=0, max_value=2**63))
def test_a_file_without_a_finding_stays_as_it_is(seed: int) -> None:
    random = Random(seed)
    raw = write_config(random_config(random), random)
    Path("text2llm.yaml").write_bytes(raw)
    before = load_file("text2llm.yaml").document
    done = validate.run(Workspace(os.environ), SAFE)
    assert done.fixed is not None
    if not done.fixed.made:
        assert Path("text2llm.yaml").read_bytes() == raw
    assert same_data(before.data, load_file("text2llm.yaml").document.data) or done.fixed.made
