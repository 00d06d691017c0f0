"""``--free``: a credential is proven without a token where a provider lets one; elsewhere nothing is claimed."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.test_output_schemas import obey
from tests.net.hostile import Listener, Script, answer, listen
from tests.running import Run
from text2llm.sandbox.server import serve

KNOWN = answer(b'{"key": "x", "info": {}}')
REFUSED = answer(
    b'{"error": {"message": "Invalid key", "type": "auth_error", "code": 401}}', status=b"401 Unauthorized"
)
PORTAL = answer(b"<html>Welcome</html>", b"content-type: text/html")


def ask(run: Run, tmp_path: Path, script: Script, *arguments: str) -> tuple[int, str, Listener]:
    """What a command says when the one provider with a free proof answers so; ``lab`` has none."""
    with listen(script) as server:
        (tmp_path / "text2llm.yaml").write_text(
            "version: 1\n"
            "agents: {defaults: {model: {primary: litellm/a, fallbacks: [litellm/b, lab/c]}}}\n"
            "models:\n  providers:\n"
            f"    litellm: {{baseUrl: '{server.origin}', apiKey: sandbox-ok, models: [{{id: a}}, {{id: b}}]}}\n"
            f"    lab: {{api: ollama, baseUrl: '{server.origin}', apiKey: sandbox-ok, models: [{{id: c}}]}}\n"
        )
        done = run(*arguments)
    return done.code, done.out + done.err, server


def test_one_request_proves_the_credential_of_every_route(run: Run, tmp_path: Path) -> None:
    code, told, server = ask(run, tmp_path, KNOWN, "probe", "--free", "--json")
    obey("outputs/gate", told)
    report = json.loads(told)
    outcomes = [(route["model"], route["outcome"]) for route in report["routes"]]
    assert outcomes == [("litellm/a", "pass"), ("litellm/b", "pass"), ("lab/c", "unproven")]
    assert (code, report["options"]["free"], report["totalTargets"]) == (0, True, 2)
    assert [request.split(b" HTTP")[0] for request in server.received] == [b"GET /key/info"]
    told_of = [
        (probe["model"], probe.get("proves"), probe["reason"])
        for route in report["routes"]
        for probe in route["probes"]
    ]
    assert told_of == [(None, "credential", None), (None, "credential", None), ("lab/c", None, "not_provable")]


def test_every_report_says_that_a_credential_is_all_that_is_proven(run: Run, tmp_path: Path) -> None:
    reports = ("--report", "markdown=r.md", "--report", "junit=r.xml")
    _, told, _ = ask(run, tmp_path, KNOWN, "probe", "--free", *reports)
    assert re.findall(r"(ok: credential only|\?: unknown/not_provable)", told) == [
        "ok: credential only",
        "ok: credential only",
        "?: unknown/not_provable",
    ]
    assert "Only what costs no token was sent" in (tmp_path / "r.md").read_text()
    cases = [case.attrib["name"] for case in ET.parse(tmp_path / "r.xml").iter("testcase")]
    assert cases[0] == "main model litellm/a with apiKey (credential only)"
    assert "credential only" not in cases[2]


@pytest.mark.parametrize(
    ("script", "result", "code"),
    [
        (REFUSED, "fail: auth/invalid_key", 1),
        (PORTAL, "fail: unknown/invalid_response", 1),
        (answer(b"{}"), "fail: unknown/invalid_response", 1),
        (answer(b'{"info": {"spend": NaN}}'), "fail: unknown/invalid_response", 1),
        (answer(b'{"error": {"code": 401, "message": "Invalid key"}}'), "fail: auth/invalid_key", 1),
        (answer(b"{}", b"location: /ui", status=b"302 Found"), "fail: unknown/invalid_response", 1),
        (answer(b"", status=b"404 Not Found"), "?: unknown/not_provable", 2),
        (answer(b"", status=b"503 Service Unavailable"), "?: unknown/server_error", 2),
    ],
)
def test_refusals_and_answers_that_prove_nothing_fail(
    run: Run, tmp_path: Path, script: Script, result: str, code: int
) -> None:
    got, told, _ = ask(run, tmp_path, script, "probe", "--free")
    assert (got, result in told) == (code, True)
    assert "free: credentials only" in told


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("ok", "ok: credential only"),
        ("unpaid", "ok: credential only"),
        ("no-model", "ok: credential only"),
        ("revoked", "fail: auth/"),
        ("expired", "fail: auth/"),
        ("nobody", "fail: auth/invalid_key"),
        ("html", "fail: unknown/invalid_response"),
        ("empty", "fail: unknown/invalid_response"),
        ("bomb", "fail: unknown/invalid_response"),
        ("redirect-away", "fail: unknown/invalid_response"),
        ("server-error", "?: unknown/server_error"),
        ("hang", "?: timeout/deadline"),
    ],
)
def test_the_sandbox_tells_which_credentials_can_be_proven(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, result: str
) -> None:
    monkeypatch.setenv("LITELLM_API_KEY", f"sandbox-{name}")
    with serve() as sandbox:
        (tmp_path / "text2llm.yaml").write_text(
            "version: 1\nagents: {defaults: {model: litellm/a}}\n"
            "models: {providers: {litellm: {apiKey: '${LITELLM_API_KEY}', "
            f"baseUrl: '{sandbox.url}/litellm'}}}}}}\n"
        )
        told = run("probe", "--free", "--timeout", "1500").out
    assert result in told, told


def test_a_model_is_not_needed(run: Run, tmp_path: Path) -> None:
    with listen(KNOWN) as server:
        (tmp_path / "text2llm.yaml").write_text(
            f"version: 1\nmodels: {{providers: {{litellm: {{baseUrl: '{server.origin}', apiKey: sandbox-ok}}}}}}\n"
        )
        done = run("models", "status", "--probe", "--probe-free", "--json")
    obey("outputs/status", done.out)
    (result,) = json.loads(done.out)["auth"]["probes"]["results"]
    assert (result["status"], result["model"], result["proves"]) == ("ok", None, "credential")


def test_where_nothing_is_provable_nothing_is_sent(run: Run, tmp_path: Path) -> None:
    code, told, server = ask(run, tmp_path, KNOWN, "probe", "--free", "--models", "lab/c")
    assert (code, server.connections) == (2, 0)
    assert "cannot be verified for free" in told


def test_status_has_it_too(run: Run, tmp_path: Path) -> None:
    _, told, server = ask(
        run, tmp_path, KNOWN, "models", "status", "--probe", "--probe-free", "--probe-provider", "litellm"
    )
    assert "Probes: 1 ok" in told
    assert "free: credentials only" in told
    assert server.received[0].startswith(b"GET /key/info ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("probe --free --tools", "error: --free and --tools cannot be combined"),
        ("models status --probe-free", "error: the --probe-… options go with --probe"),
    ],
)
def test_what_contradicts_itself_is_wrong_usage(run: Run, tmp_path: Path, arguments: str, message: str) -> None:
    code, told, server = ask(run, tmp_path, KNOWN, *arguments.split())
    assert (code, server.connections, told.startswith(message)) == (64, 0, True)


UNTRUSTED = """version: 1
agents:
  defaults: {model: %s, roles: {embedding: openai/text-embedding-3-small}}
models:
  providers:
    lab: {api: ollama, baseUrl: "http://127.0.0.1:9", apiKey: sandbox-ok}
    openai: {baseUrl: "https://gw.corp.example/v1"}
    openrouter: {baseUrl: "https://gw.corp.example/v1"}
"""


@pytest.mark.parametrize("model", ["openai/a", "{primary: lab/a, fallbacks: [openai/a]}"])
@pytest.mark.parametrize(
    "command",
    [
        "probe --free",
        "probe --free --all-credentials",
        "probe --role embedding --require role:embedding",
        "models status --check",
        "models refresh --provider openai",
        "models scan --yes",
    ],
)
def test_an_untrusted_origin_has_one_exit_code(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, command: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-" + "a1B2c3D4" * 4)
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-v1-" + "a1" * 32)
    (tmp_path / "text2llm.yaml").write_text(UNTRUSTED % model)
    assert run(*command.split()).code == 4
