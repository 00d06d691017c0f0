"""A configuration refers to an entry of a secret source: the user's settings declare the source, a grant allows it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.net.hostile import answer, listen
from tests.probe.making import completion
from tests.running import Run
from tests.status.test_secret_source import KEY, log
from tests.status.world import with_model, write_config, write_store

__all__ = ["log"]
ENTRY = {"source": "exec", "provider": "vault", "id": "lab/key"}
PLACE = "https://llm.example.com"
GRANTS = "TEXT2LLM_TRUSTED_ORIGINS"
NAME = "secret:vault:lab/key"


def write_lab(url: str = PLACE, **entry: Any) -> None:
    lab = {"api": "openai-completions", "baseUrl": url, "models": [{"id": "m"}], "apiKey": {**ENTRY, **entry}}
    write_config({**with_model("lab/m"), "models": {"providers": {"lab": lab}}})


@pytest.fixture
def asked(log: Path) -> Path:
    """What the source notes when it is asked; the store has no credential."""
    write_store({"version": 1, "profiles": {}})
    write_lab()
    return log


@pytest.mark.parametrize("words", ["probe", "models status --probe"])
def test_granted_entry_is_asked_for_and_sent(
    run: Run, asked: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listen(answer(json.dumps(completion("m")).encode())) as server:
        write_lab(str(server.origin))
        monkeypatch.setenv(GRANTS, f"{NAME}={server.origin}")
        done = run(*words.split())
        assert f"Bearer {KEY}".encode() in server.received[0]
    assert (done.code, asked.read_text()) == (0, "asked ")
    assert KEY not in done.out + done.err


@pytest.mark.parametrize("grants", ["", f"{NAME}-2={PLACE}", f"provider:lab={PLACE}", f"{NAME}=https://far.example"])
@pytest.mark.parametrize("url", [PLACE, "http://127.0.0.1:9"])
def test_entry_without_a_grant_is_refused(
    run: Run, asked: Path, url: str, grants: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(GRANTS, grants)
    write_lab(url)
    done = run("probe")
    assert (done.code, asked.exists() and NAME not in grants) == (4, False)
    assert f"--credential {NAME} --origin {url}" in " ".join((done.out + done.err).split())
    assert run("models", "status", "--check").code == 4


def test_configuration_cannot_declare_a_source(run: Run, asked: Path, tmp_path: Path) -> None:
    write_lab(command=[str(tmp_path / "helper")])
    assert run("validate").code == 1
    write_lab(source="env")
    assert "a variable is written apiKey: ${NAME}" in run("validate").out
    write_lab(provider="mine")
    done = run("probe")
    assert (done.code, asked.exists()) == (1, False)
    assert "your settings have no secret source mine" in done.out
    assert "declare the secret source mine in your settings" in run("models", "status", "--check").out


@pytest.mark.parametrize("words", ["validate", "models status", "models auth list", "explain lab", "trust list"])
def test_nothing_but_a_probe_asks_for_the_entry(
    run: Run, asked: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(GRANTS, f"{NAME}={PLACE}")
    done = run(*words.split())
    assert (done.code, asked.exists()) == (0, False)
    assert words == "validate" or NAME in done.out


def test_entry_that_nobody_looked_for_is_unverified(run: Run, asked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GRANTS, f"{NAME}={PLACE}")
    status = run("models", "status", "--check")
    assert (status.code, f"* {NAME}  not read" in status.out) == (2, True)
    assert f"variable {NAME}" not in run("explain", "lab").out
    assert not asked.exists()
    (provider,) = json.loads(run("models", "auth", "list", "--json").out)["providers"]
    (listed,) = provider["credentials"]
    assert (listed["label"], listed["effective"], listed["fingerprint"]) == (NAME, True, None)


def test_grant_of_an_entry_is_in_the_settings_too(run: Run, asked: Path) -> None:
    write_lab(id="Team 100%/key")
    name = "secret:vault:Team%20100%25/key"
    assert f"--credential {name}" in " ".join(run("probe").out.split())
    settings = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
    grant = f"trust: [{{credential: '{name}', origin: '{PLACE}'}}]\n"
    settings.write_text(settings.read_text() + grant)
    assert name in run("trust", "list").out
    assert run("models", "status", "--check").code == 2
    assert not asked.exists()
