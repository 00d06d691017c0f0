"""``models status --probe`` against the sandbox, and what its answers make of ``--check``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run
from tests.status.world import assert_valid, profiles, write_config, write_store
from text2llm.probe.result import ProbeSummary
from text2llm.sandbox.server import Sandbox, serve


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


def _use(sandbox: Sandbox, **stored: str) -> None:
    lab = {"api": "openai-completions", "baseUrl": f"{sandbox.url}/v1", "models": [{"id": "m1"}]}
    write_config({"agents": {"defaults": {"model": "lab/m1"}}, "models": {"providers": {"lab": lab}}})
    entries = {f"lab_{name}": {"type": "api_key", "key": f"sandbox-{key}"} for name, key in stored.items()}
    write_store(profiles(**entries))


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        ({"a": "ok"}, 0),
        ({"a": "revoked"}, 1),
        ({"a": "unpaid"}, 1),
        ({"a": "limited"}, 2),
        ({"a": "revoked", "b": "ok"}, 0),
        ({"a": "revoked", "b": "limited"}, 2),
    ],
)
def test_one_credential_that_answers_is_enough(stored: dict[str, str], code: int, sandbox: Sandbox, run: Run) -> None:
    _use(sandbox, **stored)
    assert run("models", "status", "--probe", "--check").code == code
    assert run("models", "status", "--probe").code == 0
    assert run("models", "status", "--check").code == 0


def test_route_whose_probe_failed_says_so_in_the_text(sandbox: Sandbox, run: Run) -> None:
    _use(sandbox, a="revoked")
    out = run("models", "status", "--probe").out
    assert "  Default         lab/m1  its probe failed\n" in out
    assert "lab:a (api_key)" in out
    assert "None" not in out


def test_route_whose_first_credential_failed_says_that_another_answered(sandbox: Sandbox, run: Run) -> None:
    _use(sandbox, a="revoked", b="ok")
    done = run("models", "status", "--probe", "--check")
    assert done.code == 0
    assert "its probe failed, but another credential answered" in done.out
    assert "another credential" not in run("models", "status").out


def test_credential_that_was_not_probed_is_not_said_to_have_failed(sandbox: Sandbox, run: Run) -> None:
    _use(sandbox, a="ok", b="revoked")
    done = run("models", "status", "--probe", "--check", "--probe-profile", "lab:b")
    assert (done.code, "its probe failed" in done.out) == (1, False)
    assert run("models", "status", "--probe", "--check", "--probe-profile", "lab:a").code == 0


def test_credential_outside_the_order_counts_for_nothing(sandbox: Sandbox, run: Run) -> None:
    _use(sandbox, a="ok", b="revoked")
    run("models", "auth", "order", "set", "--provider", "lab", "lab:b")
    assert run("models", "status", "--probe", "--check").code == 1
    run("models", "auth", "order", "set", "--provider", "lab", "lab:a")
    assert run("models", "status", "--probe", "--check").code == 0


def test_origin_without_trust_is_refused(sandbox: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(sandbox)
    write_store(profiles(lab_a={"type": "api_key", "key": "sk-real-0123456789abcdef"}))
    before = len(sandbox.requests)
    done = run("models", "status", "--probe", "--check")
    assert done.code == 4
    assert "TEXT2LLM_TRUSTED_ORIGINS" in done.out
    assert len(sandbox.requests) == before


def test_json_has_the_results(sandbox: Sandbox, run: Run) -> None:
    _use(sandbox, a="ok", b="revoked")
    document = json.loads(run("models", "status", "--probe", "--json", "--probe-profile", "lab:b").out)
    assert_valid(document, "outputs/status")
    probes = document["auth"]["probes"]
    assert_valid(probes, "outputs/probe-summary")
    assert [(each["profileId"], each["status"]) for each in probes["results"]] == [("lab:b", "auth")]
    assert probes["options"]["profileIds"] == ["lab:b"]


def test_text_has_the_results_and_a_pipe_has_no_progress(sandbox: Sandbox, run: Run) -> None:
    _use(sandbox, a="ok")
    done = run("models", "status", "--probe")
    assert "\nProbes: 1 ok" in done.out
    assert done.err == ""


def test_terminal_has_progress_that_goes_away(sandbox: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(sandbox, a="ok")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    done = run("models", "status", "--probe")
    assert done.err == "\r\x1b[Kprobing 1/1: lab:a ok\r\x1b[K"


def test_providers_that_were_not_probed_keep_their_verdict(sandbox: Sandbox, run: Run, tmp_path: Path) -> None:
    _use(sandbox, a="ok")
    config = json.loads(Path("text2llm.yaml").read_text())
    config["agents"]["defaults"] = {"model": {"primary": "lab/m1", "fallbacks": ["anthropic/x"]}}
    write_config(config)
    assert run("models", "status", "--probe", "--check", "--probe-provider", "lab").code == 1


def test_interrupted_run_says_so_with_its_code(sandbox: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(sandbox, a="ok")

    def interrupt(_view: object, options: Any, **_: object) -> ProbeSummary:
        return ProbeSummary(1, 2, 1, options, (), interrupted=True)

    monkeypatch.setattr("text2llm.commands.status.probe_view", interrupt)
    done = run("models", "status", "--probe", "--check", "--json")
    assert done.code == 130
    assert json.loads(done.out)["auth"]["probes"]["interrupted"] is True


@pytest.mark.parametrize(
    ("behavior", "words"),
    [("revoked", "its probe failed"), ("limited", "its probe proved nothing"), ("ok", "set (no expiry)")],
)
def test_a_route_has_one_verdict(behavior: str, words: str, sandbox: Sandbox, run: Run) -> None:
    _use(sandbox, a=behavior)
    assert f"  Default         lab/m1  {words}\n" in run("models", "status", "--probe").out
