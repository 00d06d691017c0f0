"""A probe sends what is kept elsewhere; what cannot be read there is told, and nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run
from tests.status.world import profiles, write_config, write_store
from text2llm.probe import runner
from text2llm.sandbox.server import Sandbox, serve


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


@pytest.fixture(autouse=True)
def _lab(run: Run, sandbox: Sandbox) -> None:
    lab = {"api": "openai-completions", "baseUrl": f"{sandbox.url}/v1", "apiKey": "${UNSET}", "models": [{"id": "m1"}]}
    write_config({"agents": {"defaults": {"model": "lab/m1"}}, "models": {"providers": {"lab": lab}}})


def probe(run: Run) -> tuple[int, dict[str, Any]]:
    done = run("models", "status", "--probe", "--check", "--json")
    (result,) = json.loads(done.out)["auth"]["probes"]["results"]
    return done.code, result


def test_value_in_a_file_is_sent(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("sandbox-ok\n")
    path.chmod(0o600)
    write_store(profiles(lab_a={"type": "api_key", "key": {"source": "file", "id": str(path)}}))
    code, result = probe(run)
    assert (code, result["status"], result["profileId"]) == (0, "ok", "lab:a")


def test_value_in_the_keyring_is_sent(run: Run, kept_in_file: Path) -> None:
    run("models", "auth", "paste-api-key", "--provider", "lab", "--keyring", stdin="sandbox-ok")
    code, result = probe(run)
    assert (code, result["status"], result["profileId"]) == (0, "ok", "lab:manual")


def test_value_that_cannot_be_read_is_not_sent(run: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("sandbox-ok\n")
    path.chmod(0o644)
    write_store(profiles(lab_a={"type": "api_key", "key": {"source": "file", "id": str(path)}}))
    before = len(sandbox.requests)
    code, result = probe(run)
    assert (code, result["status"], result["reason"], len(sandbox.requests)) == (1, "auth", "unresolved_ref", before)
    assert f"the file {path} is open to others (mode 0644); run `chmod 600 {path}`" in result["error"]


def test_status_reads_nothing_that_is_kept_elsewhere(run: Run) -> None:
    write_store(profiles(lab_a={"type": "api_key", "key": {"source": "file", "id": "/nowhere/key"}}))
    assert run("models", "status", "--check").code == 2
    assert "/nowhere/key  unverified" in run("models", "auth", "list").out


def test_bug_in_a_probe_is_its_result_and_the_exit_code(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(*_: object) -> None:
        raise TypeError

    monkeypatch.setattr(runner, "build_completion", build)
    (tmp_path / "key").write_text("sandbox-ok\n")
    (tmp_path / "key").chmod(0o600)
    write_store(profiles(lab_a={"type": "api_key", "key": {"source": "file", "id": str(tmp_path / "key")}}))
    code, result = probe(run)
    assert (code, result["reason"]) == (3, "bug")
