"""Probes against a real third-party server: a LiteLLM proxy with mock models, which speaks three of the APIs.

`make integration` installs it in an environment of its own and names its command in ``LITELLM``. It has no database
here, so it answers a wrong key with a 400 that speaks of the database: errors of credentials need other servers.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run

PROXY = os.environ.get("LITELLM", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which(PROXY or "-"), reason="no LiteLLM here: run it with `make integration`"),
]

KEY = "sk-rehearsal-0123456789abcdef"
MODELS = {
    "mock-gpt": ("openai/gpt-5-mini", "pong"),
    "mock-claude": ("anthropic/claude-haiku-4-5", "pong"),
    "mock-limited": ("openai/gpt-5-mini", "litellm.RateLimitError"),
    "mock-broken": ("openai/gpt-5-mini", "litellm.InternalServerError"),
}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a running proxy."""
    home, port = tmp_path_factory.mktemp("litellm"), _free_port()
    models = [
        {"model_name": name, "litellm_params": {"model": model, "api_key": "unused", "mock_response": said}}
        for name, (model, said) in MODELS.items()
    ]
    config = {"model_list": models, "general_settings": {"master_key": KEY}}
    (home / "config.yaml").write_text(json.dumps(config))
    command = [PROXY, "--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port)]
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=home, env=environ, stdout=log, stderr=log)
    try:
        _wait(process, port, home / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/health/liveliness")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.3)
        finally:
            connection.close()
    pytest.fail(f"LiteLLM did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture
def gate(proxy: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the gate for one model over one API and gives its one result."""

    def probe(api: str, model: str, *flags: str) -> tuple[int, dict[str, Any]]:
        base = proxy if api == "anthropic-messages" else f"{proxy}/v1"
        lab = {"api": api, "baseUrl": base, "apiKey": "${LAB_KEY}", "models": [{"id": model}]}
        config = {
            "version": 1,
            "agents": {"defaults": {"model": f"lab/{model}"}},
            "models": {"providers": {"lab": lab}},
        }
        Path("text2llm.yaml").write_text(json.dumps(config))
        monkeypatch.setenv("LAB_KEY", KEY)
        monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", f"env:LAB_KEY={proxy}")
        done = run("probe", "--json", "--timeout", "20000", *flags)
        (route,) = json.loads(done.out)["routes"]
        (result,) = route["probes"]
        return done.code, result

    return probe


@pytest.mark.parametrize(
    ("api", "model"),
    [
        ("openai-completions", "mock-gpt"),
        ("openai-completions", "mock-claude"),
        ("openai-responses", "mock-gpt"),
        ("anthropic-messages", "mock-claude"),
    ],
)
def test_a_real_server_that_answers_passes(gate: Any, api: str, model: str) -> None:
    code, result = gate(api, model)
    assert (code, result["status"], result["httpStatus"]) == (0, "ok", 200)


@pytest.mark.parametrize(
    ("model", "code", "reason"),
    [
        ("mock-limited", 2, "rate_limited"),
        ("mock-broken", 2, "server_error"),
        ("no-such-model", 1, "model_not_found"),
    ],
)
@pytest.mark.parametrize("api", ["openai-completions", "anthropic-messages"])
def test_its_failures_are_told_apart(gate: Any, api: str, model: str, code: int, reason: str) -> None:
    assert (code, reason) == ((found := gate(api, model))[0], found[1]["reason"])


def test_a_path_that_it_does_not_have_is_no_endpoint(gate: Any, proxy: str, run: Run) -> None:
    gate("openai-completions", "mock-gpt")
    config = Path("text2llm.yaml")
    config.write_text(config.read_text().replace(f"{proxy}/v1", f"{proxy}/nowhere"))
    (route,) = json.loads(run("probe", "--json").out)["routes"]
    assert route["probes"][0]["reason"] == "endpoint_not_found"
