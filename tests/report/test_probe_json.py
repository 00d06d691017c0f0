from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from text2llm.probe.result import ProbeOptions, ProbeResult, ProbeSource, ProbeSubject, ProbeSummary
from text2llm.report.probe import describe_result, detail_lines, probes_json
from text2llm.upstream.verdict import Reason, Status, Verdict

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/outputs/probe-summary.schema.json").read_text())
SUBJECT = ProbeSubject("lab", "lab/m1", "lab:a", ProbeSource.PROFILE, "api_key", "lab:a")


def validate(summary: ProbeSummary) -> dict[str, object]:
    data = probes_json(summary)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert json.loads(json.dumps(data)) == data
    return data


def test_summary_has_the_fields_of_the_reference() -> None:
    verdict = Verdict(Reason.INVALID_KEY, "HTTP 401 invalid_api_key", "replace it", "the provider's own text")
    results = (ProbeResult(SUBJECT, Verdict(None), 7, 200), ProbeResult(SUBJECT, verdict, 9, 401, "req_1"))
    options = ProbeOptions(500, 2, 8, "lab", ("lab:a",))
    assert validate(ProbeSummary(1000, 1250, 2, options, results)) == {
        "startedAt": 1000,
        "finishedAt": 1250,
        "durationMs": 250,
        "totalTargets": 2,
        "options": {"provider": "lab", "profileIds": ["lab:a"], "timeoutMs": 500, "concurrency": 2, "maxTokens": 8},
        "results": [
            {
                "provider": "lab",
                "model": "lab/m1",
                "label": "lab:a",
                "source": "profile",
                "mode": "api_key",
                "status": "ok",
                "reason": None,
                "latencyMs": 7,
                "profileId": "lab:a",
                "httpStatus": 200,
            },
            {
                "provider": "lab",
                "model": "lab/m1",
                "label": "lab:a",
                "source": "profile",
                "mode": "api_key",
                "status": "auth",
                "reason": "invalid_key",
                "latencyMs": 9,
                "profileId": "lab:a",
                "error": "HTTP 401 invalid_api_key",
                "hint": "replace it",
                "httpStatus": 401,
                "requestId": "req_1",
                "providerMessage": "the provider's own text",
            },
        ],
    }


def test_empty_and_interrupted_summaries_are_valid() -> None:
    assert validate(ProbeSummary(1, 1, 0, ProbeOptions(), ()))["results"] == []
    assert validate(ProbeSummary(1, 1, 3, ProbeOptions(), (), interrupted=True))["interrupted"] is True


def test_every_reason_and_status_is_in_the_schema() -> None:
    subject = ProbeSubject("lab", None, "LAB_KEY", ProbeSource.ENV, "none")
    results = tuple(ProbeResult(subject, Verdict(reason)) for reason in Reason)
    validate(ProbeSummary(1, 2, len(results), ProbeOptions(), results))
    assert set(SCHEMA["$defs"]["result"]["properties"]["status"]["enum"]) == {status.value for status in Status}


def test_model_that_answered_is_named_if_it_differs() -> None:
    result = ProbeResult(SUBJECT, Verdict(None, answered_by="m2", adapted="without a limit"), 7, 200)
    results = validate(ProbeSummary(0, 1, 1, ProbeOptions(), (result,)))["results"]
    assert isinstance(results, list)
    assert (results[0]["answeredBy"], results[0]["adapted"]) == ("m2", "without a limit")
    assert describe_result(result) == "ok: answered by m2"
    evil = ProbeResult(SUBJECT, Verdict(None, answered_by="m2\x1b[2J" + "m" * 100))
    assert "\x1b" not in describe_result(evil)
    assert len(describe_result(evil)) < 90


def test_second_request_is_told() -> None:
    result = ProbeResult(SUBJECT, Verdict(None, adapted="asked for an event stream"), 7, 200)
    assert list(detail_lines(result, terminal=False)) == ["after a second request, which asked for an event stream"]
    assert probes_json(ProbeSummary(0, 1, 1, ProbeOptions(), (result,)))["results"][0]["adapted"]
