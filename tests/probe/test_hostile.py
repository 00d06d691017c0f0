"""Whatever a server does, a probe ends with the one right result, and nothing that it says acts on anybody."""

from __future__ import annotations

import json
import re
import shutil
import ssl
from pathlib import Path

import pytest

from tests.net.certificates import make_certificates
from tests.net.hostile import answer, listen
from tests.net.test_tls import serving, trusting
from tests.probe.hostile_cases import CASES, TIMEOUT, HostileCase
from tests.probe.making import completion, make_call, make_target
from tests.probe.test_runner import NOTHING, told
from tests.running import Run
from text2llm.probe.result import ProbeOptions
from text2llm.probe.runner import run_probes
from text2llm.trust.origin import Origin

#: A model's name that a configuration may have.
ODD = "::error::##vso[task.x]y"
SAFE = {"\n", "\u200b"}
SPEAKING = [name for name in CASES if "commands" in name]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make certificates with")
    folder = tmp_path_factory.mktemp("tls")
    make_certificates(folder)
    return folder


def probe_once(origin: Origin, timeout_ms: int, context: ssl.SSLContext | None) -> str:
    target = make_target(make_call("openai-completions", url=str(origin)))
    options = ProbeOptions(timeout_ms=timeout_ms)
    (result,) = run_probes((target,), options, NOTHING, context=context).results
    return told(result)


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].certificate is None])
def test_hostile_server_gets_the_right_result_and_one_request(name: str) -> None:
    case = CASES[name]
    with listen(case.make()) as server:
        assert probe_once(server.origin, 500 if case.told == TIMEOUT else 8000, None) == case.told
        assert server.connections == 1


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].certificate])
def test_server_without_a_valid_certificate_gets_no_request(certificates: Path, name: str) -> None:
    case = CASES[name]
    assert case.certificate is not None
    own = serving(certificates, case.certificate) if case.speaks_tls else None
    with listen(case.make(), own, reads=own is not None) as server:
        origin = Origin("https", "127.0.0.1", server.origin.port)
        context = trusting(certificates, case.certificate) if case.trusted else None
        assert probe_once(origin, 8000, context) == case.told
        assert server.received == [b""]


def test_charset_that_a_server_claims_changes_nothing() -> None:
    body = json.dumps(completion("m1")).encode()
    with listen(answer(body, b"content-type: application/json; charset=utf-7")) as server:
        assert probe_once(server.origin, 8000, None) == "ok"


def speak(run: Run, tmp_path: Path, case: HostileCase, *arguments: str) -> str:
    """All that the program shows when a server of a configured model with an odd name says something."""
    with listen(case.make()) as server:
        (tmp_path / "text2llm.yaml").write_text(
            f"version: 1\nagents: {{defaults: {{model: 'lab/{ODD}'}}}}\n"
            f"models: {{providers: {{lab: {{api: openai-completions, baseUrl: '{server.origin}', "
            f"apiKey: sandbox-ok, models: [{{id: '{ODD}'}}]}}}}}}\n"
        )
        done = run(*arguments)
        assert server.connections == 1
    return done.out + done.err


COMMAND_LINES = {
    "status": ("models", "status", "--probe"),
    "status as JSON": ("models", "status", "--probe", "--json"),
    "gate": ("probe",),
    "gate as JSON": ("probe", "--json"),
    "reports": ("probe", *(f"--report={form}=report.{form}" for form in ("junit", "sarif", "markdown", "json"))),
}


@pytest.mark.parametrize("command", COMMAND_LINES)
@pytest.mark.parametrize("name", SPEAKING)
def test_server_text_has_no_effect_on_terminal_or_reports(run: Run, tmp_path: Path, name: str, command: str) -> None:
    shown = speak(run, tmp_path, CASES[name], *COMMAND_LINES[command])
    written = [path.read_text() for path in tmp_path.glob("report.*")]
    # The one invisible character that is our own keeps Markdown from mentioning people.
    assert {character for text in (shown, *written) for character in text if not character.isprintable()} <= SAFE
    assert re.search(r"(?m)^\s*::|##(vso)?\[|##teamcity\[|section_start", shown) is None
    assert "lab/" in shown


def test_annotations_on_github_hold_one_command_each(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    shown = speak(run, tmp_path, CASES["commands in an error's message"], "probe")
    commands = [line for line in shown.splitlines() if line.lstrip().startswith("::")]
    assert len(commands) == 1
    assert commands[0].startswith("::error file=text2llm.yaml,line=2,col=28,")
    assert "::stop-commands" not in shown
