"""``text2llm probe`` against the sandbox: the gate as CI runs it."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_output_schemas import obey
from tests.report.sarif_schema import assert_sarif
from tests.running import Run
from text2llm.net.message import Request
from text2llm.probe import runner
from text2llm.probe.runner import plan_pause
from text2llm.sandbox.server import Sandbox, serve
from text2llm.upstream.wire import build_completion
from text2llm.upstream.wire.shape import CompletionCall

SECRET = "sk-ant-api03-" + "A1b2" * 24 + "AA"
CONFIG = """version: 1
agents:
  defaults:
    model: {primary: good/m1, fallbacks: [revoked/m1, limited/m1]}
    imageModel: good/m2
  entries:
    main: {default: true}
    coder: {model: {primary: CODER/m1, fallbacks: []}}
models:
  providers:
"""
PROVIDER = '    {name}: {{api: openai-completions, baseUrl: "{url}/v1", apiKey: sandbox-{key}, models: [{{id: m1}}]}}\n'
KEYS = {"good": "ok", "revoked": "revoked", "limited": "limited", "unpaid": "unpaid"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


@pytest.fixture(autouse=True)
def _config(sandbox: Sandbox, tmp_path: Path) -> None:
    write(sandbox, tmp_path, "good")


def write(sandbox: Sandbox, folder: Path, coder: str, policy: str = "") -> None:
    providers = "".join(PROVIDER.format(name=name, url=sandbox.url, key=key) for name, key in KEYS.items())
    (folder / "text2llm.yaml").write_text(CONFIG.replace("CODER", coder) + providers + policy)


def test_every_required_route_answers(run: Run, sandbox: Sandbox) -> None:
    before = len(sandbox.requests)
    done = run("probe")
    assert done.code == 0, done
    assert done.out.startswith("Gate: passed: 4 of 4 required routes proven, 4 probes (")
    assert len(sandbox.requests) - before == 4
    assert "main fallback 1 (optional)  revoked/m1  apiKey      fail: auth/revoked" in done.out


def test_bug_in_a_probe_is_told_beside_the_other_results(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(call: CompletionCall, max_tokens: int) -> Request:
        if call.model == "m2":
            raise TypeError(f"near {SECRET}")
        return build_completion(call, max_tokens)

    monkeypatch.setattr(runner, "build_completion", build)
    done = run("probe", "--json")
    document = json.loads(done.out)
    obey("outputs/gate", done.out)
    assert (done.code, document["verdict"], document["exitCode"]) == (3, "bug", 3)
    reasons = {probe["model"]: probe["reason"] for route in document["routes"] for probe in route["probes"]}
    assert (reasons["good/m1"], reasons["good/m2"], reasons["revoked/m1"]) == (None, "bug", "revoked")
    assert "a bug in text2llm (TypeError)" in done.err
    (log,) = (Path(os.environ["TEXT2LLM_HOME"]) / "state" / "bugs").iterdir()
    assert "in build" in log.read_text()
    assert SECRET not in done.out + done.err + log.read_text()


@pytest.mark.parametrize(
    ("coder", "flags", "code", "verdict"),
    [
        ("revoked", "", 1, "failed"),
        ("unpaid", "", 1, "failed"),
        ("limited", "", 0, "passed"),
        ("limited", "--fail-on inconclusive", 2, "unproven"),
        ("limited", "--agent coder --slot model", 2, "unproven"),
        ("revoked", "--agent main", 0, "passed"),
        ("good", "--require primary --require fallbacks", 1, "failed"),
        ("good", "--require primary,fallbacks --timeout 8s", 1, "failed"),
        ("good", "--models unpaid/m1", 1, "failed"),
        ("good", "--models good/m1", 0, "passed"),
        ("good", "--models revoked/m1", 1, "failed"),
        ("good", "--models revoked/m1 --require image", 1, "failed"),
        ("good", "--all-credentials --tools", 0, "passed"),
    ],
)
def test_exit_code(
    sandbox: Sandbox, run: Run, tmp_path: Path, *, coder: str, flags: str, code: int, verdict: str
) -> None:
    write(sandbox, tmp_path, coder)
    done = run("probe", "--json", *flags.split())
    document = json.loads(done.out)
    assert (done.code, document["verdict"], document["exitCode"]) == (code, verdict, code)
    obey("outputs/gate", done.out)


def test_policy_of_the_config_and_flags_that_override_it(sandbox: Sandbox, run: Run, tmp_path: Path) -> None:
    write(sandbox, tmp_path, "revoked", "probe: {require: [image], timeout: 5s, concurrency: 3, maxTokens: 16}\n")
    done = run("probe", "--json")
    document = json.loads(done.out)
    assert (done.code, document["policy"]["require"]) == (0, ["image"])
    assert document["options"] == {"timeoutMs": 5000, "concurrency": 3, "maxTokens": 16}
    assert json.loads(run("probe", "--json", "--timeout", "4000").out)["options"]["timeoutMs"] == 4000
    assert run("probe", "--require", "primary").code == 1


def test_attempts_are_for_inconclusive_results(
    sandbox: Sandbox, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def plan_no_pause(attempt: int, asked: float | None) -> float:
        pauses.append(plan_pause(attempt, asked))
        return 0

    monkeypatch.setattr(runner, "plan_pause", plan_no_pause)
    write(sandbox, tmp_path, "limited")
    before = len(sandbox.requests)
    assert run("probe", "--agent", "coder", "--slot", "model", "--attempts", "2").code == 2
    assert len(sandbox.requests) - before == 2
    assert pauses == [20]
    write(sandbox, tmp_path, "revoked")
    before = len(sandbox.requests)
    assert run("probe", "--agent", "coder", "--slot", "model", "--attempts", "3").code == 1
    assert len(sandbox.requests) - before == 1


def test_reports_are_written_beside_the_output(run: Run, tmp_path: Path) -> None:
    reports = [f"--report={layout}={layout}.out" for layout in ("junit", "sarif", "markdown", "json")]
    assert run("probe", *reports).code == 0
    assert ET.parse(tmp_path / "junit.out").getroot().attrib["tests"] == "6"
    log = json.loads((tmp_path / "sarif.out").read_text())
    assert_sarif(log)
    findings = log["runs"][0]["results"]
    place = findings[0]["locations"][0]["physicalLocation"]
    assert (findings[0]["ruleId"], place["artifactLocation"]["uri"]) == ("probe-revoked", "text2llm.yaml")
    assert place["region"] == {"startLine": 4, "startColumn": 43}
    assert (tmp_path / "markdown.out").read_text().startswith("### text2llm probe: passed\n")
    assert json.loads((tmp_path / "json.out").read_text())["verdict"] == "passed"


def test_annotations_only_where_github_reads_them(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "::warning" not in run("probe").out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    lines = [line for line in run("probe").out.splitlines() if line.startswith("::")]
    assert [line.partition("title=")[2].partition("::")[0] for line in lines] == [
        "text2llm%3A probe-revoked",
        "text2llm%3A probe-rate-limited",
    ]
    assert not [line for line in run("probe", "--json").out.splitlines() if line.startswith("::")]


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        ("--agent nobody", 1, "there is no agent 'nobody'"),
        ("--report html=x", 64, "FORMAT is one of: junit, sarif, markdown, json"),
        ("--report junit=", 64, "--report needs FORMAT=FILE"),
        ("--report junit=a --report junit=b", 64, "given twice"),
        ("--report junit=-", 64, "--report junit: '-' is not a file, and standard output has the result"),
        ("--report junit=.", 64, "--report junit: . is a directory"),
        ("--report junit=x --report sarif=./x", 64, "--report names one file for two formats"),
        ("--timeout 8sec", 64, "'8sec' is not a number of milliseconds or a duration such as 8s"),
        ("--attempts 0", 64, "--attempts must be > 0"),
        ("--attempts x", 64, "'x' is not a number"),
        ("--require nonsense", 64, "'nonsense' is not a position of a chain: use primary, fallbacks, image"),
        ("--require primary,fallback", 64, "'fallback' is not a position of a chain: did you mean 'fallbacks'?"),
        ("--config missing.yaml", 1, "missing.yaml: no such file"),
        ("--report junit=no/where/x", 64, "there is no directory no/where"),
        ("--timeout 0", 64, "--timeout must be a positive number"),
        ("--attempts 99", 64, "--attempts must be a whole number from 1 to 10"),
        ("--concurrency 0", 64, "--concurrency must be"),
        ("--models=", 64, "--models is empty"),
        ("--report json=/dev/full", 1, "cannot write /dev/full"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_sent(
    sandbox: Sandbox, run: Run, flags: str, code: int, says: str
) -> None:
    before = len(sandbox.requests)
    done = run("probe", *flags.split())
    assert (done.code, says in done.err) == (code, True), done
    assert "/dev/full" in flags or len(sandbox.requests) == before


def test_unwritable_report_leaves_one_document_and_the_worse_code(
    sandbox: Sandbox, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run("probe", "--json", "--report=junit=/dev/full")
    assert (done.code, json.loads(done.out)["verdict"]) == (1, "passed")
    assert done.err == "error: cannot write /dev/full: it is not a regular file\nhint: name another file\n"
    config = tmp_path / "text2llm.yaml"
    config.write_text(config.read_text().replace("apiKey: sandbox-ok", 'apiKey: "${LAB}"'))
    monkeypatch.setenv("LAB", "a-real-key-0123456789abcdef")
    assert run("probe", "--report=junit=/dev/full").code == 4


def test_an_origin_without_a_grant_is_refused(
    sandbox: Sandbox, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "text2llm.yaml"
    config.write_text(config.read_text().replace("apiKey: sandbox-ok", 'apiKey: "${LAB}"'))
    monkeypatch.setenv("LAB", "a-real-key-0123456789abcdef")
    before = len(sandbox.requests)
    done = run("probe", "--agent", "main", "--slot", "image")
    assert (done.code, len(sandbox.requests)) == (4, before)
    assert done.out.startswith("Gate: refused")
    assert "text2llm trust allow --credential env:LAB" in done.out


def test_nothing_configured_is_nothing_proven(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\n")
    done = run("probe")
    assert (done.code, done.out.splitlines()[0]) == (2, "Gate: unproven: no route to probe")


def test_a_gate_that_requires_nothing_says_so(run: Run) -> None:
    done = run("probe", "--slot", "model", "--require", "image")
    assert (done.code, done.out.splitlines()[-1]) == (
        2,
        "hint: none of these routes is required; name the required ones with --require",
    )


def test_a_missing_credential_fails_a_required_route(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n")
    done = run("probe")
    assert done.code == 1
    assert "auth/missing_credential" in done.out


def test_policy_of_the_config_says_what_fails_and_flags_override_it(run: Run, tmp_path: Path) -> None:
    with serve() as sandbox:
        (tmp_path / "text2llm.yaml").write_text(
            "version: 1\n"
            "agents: {defaults: {model: {primary: lab/a, fallbacks: [lab/b]}}}\n"
            "models:\n  providers:\n"
            f"    lab: {{api: openai-completions, baseUrl: '{sandbox.url}/v1', apiKey: sandbox-limited, models: []}}\n"
            "probe: {failOn: inconclusive, attempts: 1}\n"
        )
        report = json.loads(run("probe", "--json").out)
        assert (report["policy"]["failOn"], report["exitCode"]) == ("inconclusive", 2)
        assert json.loads(run("probe", "--json", "--fail-on", "failure").out)["policy"]["failOn"] == "failure"


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("anthropc/claude-opus-4-5", 64, "hint: did you mean anthropic?"),
        ("gpt-5.4", 1, "hint: did you mean openai/gpt-5.4 or azure-openai/gpt-5.4 or openai-codex/gpt-5.4?"),
    ],
)
def test_a_model_that_nothing_knows_is_told(name: str, code: int, words: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\n")
    done = run("probe", "--models", name)
    assert (done.code, words in done.err.splitlines()) == (code, True)
