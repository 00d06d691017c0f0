"""A workspace reads what is wanted, once, and what it hands to pure code shows no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.status.world import KEY, NOW, profiles, with_model, write_config, write_store
from text2llm.errors import NoConfigError
from text2llm.workspace import Workspace


def test_reading_holds_what_was_read_and_shows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_config(with_model("anthropic/x"))
    path = write_store(profiles(anthropic_a=KEY))
    environ = {"TEXT2LLM_HOME": str(path.parents[4]), "X_KEY": "canary"}
    reading = Workspace(environ, now=NOW).read()
    assert (reading.agent_dir, reading.store_path, reading.now) == (str(path.parent), str(path), NOW)
    assert list(reading.store.profiles) == ["anthropic:a"]
    assert "canary" not in repr(reading)


def test_nothing_is_read_before_it_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    workspace = Workspace({"TEXT2LLM_HOME": str(tmp_path)})
    with pytest.raises(NoConfigError):
        _ = workspace.config
    write_config(with_model("anthropic/x"))
    assert workspace.config is workspace.config


def test_where_none_is_required_an_empty_configuration_counts_unless_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"TEXT2LLM_HOME": str(tmp_path)}
    assert Workspace(environ, required=False).config.agents == ()
    with pytest.raises(NoConfigError):
        _ = Workspace({**environ, "TEXT2LLM_CONFIG": "absent.yaml"}, required=False).config
