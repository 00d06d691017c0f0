"""A credential that a secret source of the settings keeps: asked for by probes alone, and never shown."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.net.hostile import answer, listen
from tests.probe.making import completion
from tests.running import Run
from tests.status.world import with_model, write_config, write_store

KEY = "sk-live-0123456789abcdefghijkl"
HELPER = f"""#!{sys.executable}
import json, sys
json.load(sys.stdin)
open(LOG, "a").write("asked ")
sys.stderr.write({KEY!r})
print(json.dumps({{"protocolVersion": 1, "values": {{"lab/key": {KEY!r}}}}}))
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """What the source notes when it is asked."""
    helper, log = tmp_path / "helper", tmp_path / "asked"
    helper.write_text(HELPER.replace("LOG", repr(str(log))))
    helper.chmod(0o700)
    settings = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f"secrets: {{sources: {{vault: {{command: [{helper}]}}}}}}\n")
    settings.chmod(0o600)
    ref = {"source": "exec", "provider": "vault", "id": "lab/key"}
    write_store({"version": 1, "profiles": {"lab:vault": {"type": "api_key", "provider": "lab", "keyRef": ref}}})
    write_lab("https://llm.example.com")
    return log


def write_lab(url: str) -> None:
    lab = {"api": "openai-completions", "baseUrl": url, "models": [{"id": "m"}]}
    write_config({**with_model("lab/m"), "models": {"providers": {"lab": lab}}})


@pytest.mark.parametrize(
    "words",
    [
        *(
            "validate",
            "models status",
            "models list",
            "models auth list",
            "explain model:lab/m",
            "models status --check",
        ),
        "models set lab/m --dry-run",
    ],
)
def test_nothing_but_a_probe_asks_the_source(run: Run, log: Path, words: str) -> None:
    done = run(*words.split())
    assert not log.exists()
    assert KEY not in done.out + done.err


def test_secret_that_nobody_looked_for_is_unverified(run: Run, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", "profile:lab:vault=https://llm.example.com")
    assert run("models", "status", "--check").code == 2


@pytest.mark.parametrize("words", ["probe", "models status --probe", "probe --json", "models status --probe --json"])
def test_probe_sends_the_secret_and_shows_it_nowhere(
    run: Run, log: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listen(answer(json.dumps(completion("m")).encode())) as server:
        write_lab(str(server.origin))
        monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", f"profile:lab:vault={server.origin}")
        done = run(*words.split())
        assert f"Bearer {KEY}".encode() in server.received[0]
    assert (done.code, log.read_text()) == (0, "asked ")
    assert KEY not in done.out + done.err
