"""The gate's report in every format, from one value."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

from jsonschema import Draft202012Validator

from text2llm.config.roles import IMAGE, MAIN
from text2llm.diagnostics import Location
from text2llm.probe.gate import GateReport, Policy, judge_routes
from text2llm.probe.result import ProbeOptions, ProbeResult, ProbeSource, ProbeSubject, ProbeSummary
from text2llm.probe.routes import GatePlan, GateRoute
from text2llm.probe.targets import ProbeTarget
from text2llm.redaction import redact
from text2llm.redaction.forms import Forms
from text2llm.refs import ModelRef
from text2llm.report.ci import github_text, sarif_json
from text2llm.report.gate import gate_findings, gate_json, gate_junit, gate_markdown, gate_text
from text2llm.report.markdown import escape_text
from text2llm.report.style import Style
from text2llm.upstream.verdict import Reason, Verdict

HOSTILE = "##[error] ::error::x </failure><b>@all [x](https://evil.example) |\x1b[2J"


def report(*, strict: bool = False, interrupted: bool = False) -> GateReport:
    verdicts = [
        Verdict(None),
        Verdict(Reason.REVOKED, f"HTTP 401 {HOSTILE}", "replace the credential"),
        Verdict(Reason.RATE_LIMITED, "HTTP 429", "try again later"),
    ]
    subjects = [ProbeSubject("lab", f"lab/m{n}", f"LAB_{n}", ProbeSource.ENV, "api_key") for n in range(3)]
    uses = ((MAIN, 0), (IMAGE, 0), (MAIN, 1))
    routes = [
        GateRoute("main", *use, ModelRef("lab", f"m{n}"), place)
        for n, (use, place) in enumerate(
            zip(uses, (Location("a b.yaml", 4, 7), Location("a b.yaml", 5, 3), Location("c.yaml")), strict=True)
        )
    ]
    results = tuple(
        ProbeResult(subject, verdict, 12, 200, "req_1") for subject, verdict in zip(subjects, verdicts, strict=True)
    )[: 1 if interrupted else None]
    targets = tuple(ProbeTarget(subject, verdict) for subject, verdict in zip(subjects, verdicts, strict=True))
    plan = GatePlan(targets, tuple((route, (index,)) for index, route in enumerate(routes)))
    places = tuple(range(len(results)))
    summary = ProbeSummary(1000, 1500, 3, ProbeOptions(attempts=2), results, interrupted, places)
    return judge_routes(plan, summary, Policy(strict=strict))


def test_text_has_a_line_a_route_and_what_is_wrong_below() -> None:
    assert (
        gate_text(report(), Style(enabled=False), terminal=False)
        == """\
Gate: failed: 1 of 2 required routes proven, 1 failed, 3 probes (500 ms)
  route                       model   credential  result                    latency
  main model                  lab/m0  LAB_0       ok                        12 ms
  main image model            lab/m1  LAB_1       fail: auth/revoked        12 ms
    HTTP 401 # #[error] ::error::x </failure><b>@all [x](https://evil.example) |\\x1b[2J
    request req_1
    hint: replace the credential
  main fallback 1 (optional)  lab/m2  LAB_2       ?: rate_limit/rate_limited  12 ms
    HTTP 429
    request req_1
    hint: try again later
""".replace("fail: auth/revoked        ", "fail: auth/revoked          ")
        .replace("ok                        ", "ok                          ")
        .replace("result                    ", "result                      ")
    )


def test_narrow_terminal_breaks_between_facts() -> None:
    text = gate_text(report(), Style(enabled=False), terminal=False, width=40)
    assert text.splitlines() == [
        "Gate: failed: 1 of 2 required routes",
        "proven, 1 failed, 3 probes (500 ms)",
        "  main model  lab/m0  LAB_0  ok  12 ms",
        "  main image model  lab/m1  LAB_1",
        "    fail: auth/revoked  12 ms",
        "    HTTP 401 # #[error] ::error::x",
        "    </failure><b>@all",
        "    [x](https://evil.example) |\\x1b[2J",
        "    request req_1",
        "    hint: replace the credential",
        "  main fallback 1 (optional)  lab/m2",
        "    LAB_2  ?: rate_limit/rate_limited",
        "    12 ms",
        "    HTTP 429",
        "    request req_1",
        "    hint: try again later",
    ]


def test_interrupted_run_says_what_is_not_known() -> None:
    text = gate_text(report(interrupted=True), Style(enabled=True), terminal=True)
    assert "interrupted" in text
    assert "not known" in text
    assert gate_json(report(interrupted=True))["routes"][1]["outcome"] == "unknown"


def test_nothing_to_probe_says_how_to_begin() -> None:
    empty = judge_routes(GatePlan((), ()), ProbeSummary(0, 0, 0, ProbeOptions(), ()), Policy())
    assert gate_text(empty, Style(enabled=False), terminal=False).startswith("Gate: unproven: no route to probe\nhint:")
    assert "No route to probe." in gate_markdown(empty)


def test_json_obeys_its_schema() -> None:
    schema = json.loads(Path("schemas/outputs/gate.schema.json").read_text())
    for made in (report(), report(strict=True), report(interrupted=True)):
        Draft202012Validator(schema).validate(gate_json(made))


def test_findings_stand_at_the_lines_of_their_routes() -> None:
    assert [(each.rule, each.severity.value, str(each.location)) for each in gate_findings(report())] == [
        ("probe-revoked", "error", "a b.yaml:5:3"),
        ("probe-rate-limited", "warning", "c.yaml:1:1"),
    ]


def test_strict_makes_a_required_inconclusive_route_an_error() -> None:
    text = gate_junit(report(strict=True))
    assert text.count("<failure") == 1  # the fallback is not required


def test_annotations_are_one_command_a_line() -> None:
    first, second = github_text(gate_findings(report())).splitlines()
    assert first.startswith("::error file=a b.yaml,line=5,col=3,title=text2llm%3A probe-revoked::main image model")
    assert "\x1b" not in first
    assert second.startswith("::warning file=c.yaml,line=1,col=1,title=")


def test_junit_is_xml_whatever_the_provider_says() -> None:
    root = ET.fromstring(gate_junit(report()))
    assert root.attrib == {"name": "text2llm probe", "tests": "3", "failures": "1", "skipped": "1", "time": "0.036"}
    (suite,) = root
    assert [[child.tag for child in case] for case in suite] == [[], ["failure"], ["skipped"]]
    failure = suite[1][0]
    assert failure.attrib["message"].startswith("auth/revoked: HTTP 401")
    assert failure.text == "at a b.yaml:5:3\nhint: replace the credential"
    skipped = ET.fromstring(gate_junit(report(interrupted=True)))[0][1][0]
    assert (skipped.tag, skipped.attrib["message"]) == ("skipped", "interrupted before its probe")


def test_sarif_points_at_the_config() -> None:
    (run,) = sarif_json(gate_findings(report()))["runs"]
    first = run["results"][0]
    assert first["ruleId"] == "probe-revoked"
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b.yaml"},
        "region": {"startLine": 5, "startColumn": 3},
    }


def test_sarif_has_no_links_but_its_own() -> None:
    """SARIF 2.1.0, 3.11.6: `[text](target)` in a message is a link, a backslash before a bracket prevents it."""
    (run,) = sarif_json(gate_findings(report()))["runs"]
    assert "\\[x\\](https://evil.example)" in run["results"][0]["message"]["text"]
    assert run["columnKind"] == "unicodeCodePoints"


def test_a_key_is_redacted_before_markdown_breaks_its_form() -> None:
    forms, key = Forms(), f"sk-ant-api03-{'a1B2c3_-' * 8}"
    found = report()
    first = replace(found.outcomes[0].route, ref=ModelRef("lab", key))
    found = replace(found, outcomes=(replace(found.outcomes[0], route=first),))
    too_late, in_time = redact(gate_markdown(found), forms), gate_markdown(redact(found, forms))
    assert "a1B2c3\\_-a1B2c3" in too_late
    assert "| lab/\\[secret\\] |" in in_time


def test_nothing_in_markdown_acts() -> None:
    text = gate_markdown(report())
    assert "| ✅ | main model | lab/m0 | LAB_0 | ok | a b.yaml:4:7 |" in text
    assert "- main image model: replace the credential" in text
    assert escape_text("@all [x](https://e.example) | #1 <b>") == (
        "@\u200ball \\[x\\](https:\u200b//e.example) \\| \\#\u200b1 \\<b>"
    )
    assert "❔" in gate_markdown(report(interrupted=True))
