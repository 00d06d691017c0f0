from __future__ import annotations

from pathlib import Path

import pytest

from tests.status.world import KEY, NOW, profiles, with_model, write_config, write_store
from text2llm.config.load import load_file
from text2llm.providers.registry import load_registry
from text2llm.settings.model import Settings
from text2llm.status.gather import gather_snapshot


def test_snapshot_holds_what_was_read_and_shows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_config(with_model("anthropic/x"))
    path = write_store(profiles(anthropic_a=KEY))
    config = load_file("text2llm.yaml").require()
    environ = {"TEXT2LLM_HOME": str(path.parents[4]), "X_KEY": "canary"}
    snapshot = gather_snapshot(config, None, load_registry(), Settings(), environ, NOW)
    assert (snapshot.agent_dir, snapshot.store_path) == (str(path.parent), str(path))
    assert list(snapshot.store.profiles) == ["anthropic:a"]
    assert repr(snapshot) == f"Snapshot('text2llm.yaml', now={NOW})"
