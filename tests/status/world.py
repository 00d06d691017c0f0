"""A config, a store and an environment for a test, on disk where the program looks for them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from text2llm.config.schema_files import schema_text

#: The moment of every test here, in milliseconds: 2026-11-22T19:33:20Z.
NOW = 1_795_376_000_000


def freeze_clock(monkeypatch: pytest.MonkeyPatch, now: int = NOW) -> None:
    monkeypatch.setattr("text2llm.workspace.time", _Clock(now))


class _Clock:
    def __init__(self, now: int) -> None:
        self.now = now

    def time_ns(self) -> int:
        return self.now * 1_000_000


def write_config(config: dict[str, Any]) -> None:
    Path("text2llm.yaml").write_text(json.dumps({"version": 1, **config}, indent=1))


def write_store(store: dict[str, Any], agent: str = "main") -> Path:
    folder = Path(os.environ["TEXT2LLM_HOME"], "data", "agents", agent, "agent")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "auth-profiles.json"
    path.write_text(json.dumps(store))
    path.chmod(0o600)
    return path


def with_model(primary: str, *fallbacks: str) -> dict[str, Any]:
    return {"agents": {"defaults": {"model": {"primary": primary, "fallbacks": list(fallbacks)}}}}


def profiles(**entries: dict[str, Any]) -> dict[str, Any]:
    """A store; ``anthropic_default={…}`` is the profile ``anthropic:default`` of the provider anthropic."""
    named = {name.replace("_", ":"): {"provider": name.partition("_")[0], **entry} for name, entry in entries.items()}
    return {"version": 1, "profiles": named}


KEY = {"type": "api_key", "key": "key-of-forty-characters-or-something-ok"}


def assert_valid(value: object, schema: str) -> None:
    validator = Draft202012Validator(json.loads(schema_text(schema)))
    assert [error.message for error in validator.iter_errors(value)] == []
